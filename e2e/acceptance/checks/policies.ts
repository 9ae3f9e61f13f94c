import { randomUUID } from 'node:crypto';
import { check } from '../check.ts';
import { data, refused, same } from '../assert.ts';
import type { World } from '../world.ts';

const OWN_FOLDER = (bucket: string) => `bucket_id = '${bucket}' and (storage.foldername(name))[1] = auth.uid()::text`;
const text = { contentType: 'text/plain' } as const;

/** What a request publishes to policies, and a rule that holds only when it is right. */
const FACTS: readonly (readonly [what: string, rule: (sub: string, bucket: string) => string])[] = [
  ['the role', () => "current_setting('role', true) = 'authenticated'"],
  ['the role as a claim', () => "current_setting('request.jwt.claim.role', true) = 'authenticated'"],
  ['the subject', (sub) => `current_setting('request.jwt.claim.sub', true) = '${sub}'`],
  ['the subject by auth.uid()', (sub) => `auth.uid() = '${sub}'`],
  ['the claims', () => "current_setting('request.jwt.claims', true)::jsonb ->> 'team' = 'red'"],
  ['the token', () => "current_setting('request.jwt', true) <> ''"],
  ['the headers', () => "current_setting('request.headers', true)::jsonb ->> 'x-acceptance' = 'yes'"],
  ['the method', () => "current_setting('request.method', true) = 'POST'"],
  ['the path', (_sub, bucket) => `current_setting('request.path', true) like '%/object/${bucket}/x'`],
  ['the operation', () => "current_setting('storage.operation', true) = 'storage.object.upload'"],
];

interface Policy {
  readonly verb: 'select' | 'insert' | 'update' | 'delete';
  readonly rule: string;
  readonly role?: string;
}

/** Policies on storage.objects for the length of the run. */
async function allow(world: World, ...policies: readonly Policy[]): Promise<void> {
  for (const { verb, rule, role = 'authenticated' } of policies) {
    const name = `acceptance ${randomUUID()}`;
    const clause = verb === 'insert' ? `with check (${rule})` : `using (${rule})`;
    await world.sql(`create policy "${name}" on storage.objects for ${verb} to ${role} ${clause}`);
    world.defer(() => world.sql(`drop policy if exists "${name}" on storage.objects`));
  }
}

/** Lets signed-in users do anything in the folder of a bucket that is named by their id. */
export function allowOwnFolders(world: World, bucket: string): Promise<void> {
  const rule = OWN_FOLDER(bucket);
  return allow(world, { verb: 'select', rule }, { verb: 'insert', rule }, { verb: 'update', rule }, { verb: 'delete', rule });
}

/** A signed-in user that nobody has seen before. */
export async function user(world: World) {
  const id = randomUUID();
  const token = world.token({ sub: id });
  return { id, token, client: world.client(token) };
}

export const policyChecks = [
  check('a user reaches his own folder and no other', 'core', async (world) => {
    const bucket = await world.bucket();
    await allowOwnFolders(world, bucket);
    const [a, b] = [await user(world), await user(world)];
    const [filesA, filesB] = [a.client.from(bucket), b.client.from(bucket)];
    data(await filesB.upload(`${b.id}/secret`, 'of B', text));
    same(await data(await filesB.download(`${b.id}/secret`)).text(), 'of B');

    refused(await filesA.download(`${b.id}/secret`), {}, 'download');
    refused(await filesA.info(`${b.id}/secret`), {}, 'info');
    refused(await filesA.createSignedUrl(`${b.id}/secret`, 60), {}, 'sign');
    refused(await filesA.copy(`${b.id}/secret`, `${a.id}/stolen`), {}, 'copy out');
    refused(await filesA.move(`${b.id}/secret`, `${a.id}/stolen`), {}, 'move out');
    refused(await filesA.upload(`${b.id}/planted`, 'x', text), { statusCode: '403' }, 'upload');
    refused(await filesA.upload(`${b.id}/secret`, 'x', { ...text, upsert: true }), { statusCode: '403' }, 'upsert');
    refused(await filesA.createSignedUploadUrl(`${b.id}/planted`), {}, 'sign an upload');
    same(data(await filesA.list(b.id)), [], 'list');
    same(data(await filesA.remove([`${b.id}/secret`])), [], 'remove');
    same(await data(await filesB.download(`${b.id}/secret`)).text(), 'of B');

    data(await filesB.upload(`${b.id}/secret`, 'new', { ...text, upsert: true }));
    data(await filesB.move(`${b.id}/secret`, `${b.id}/moved`));
    same(data(await filesB.remove([`${b.id}/moved`])).length, 1);
  }),
  check('insert alone lets a user upload, and nothing else', 'core', async (world) => {
    const bucket = await world.bucket();
    await allow(world, { verb: 'insert', rule: `bucket_id = '${bucket}'` });
    const files = (await user(world)).client.from(bucket);
    data(await files.upload('in', 'x', text));
    refused(await files.download('in'));
    refused(await files.upload('in', 'y', { ...text, upsert: true }), {}, 'upsert');
    same(data(await files.remove(['in'])), []);
    same((await world.request('GET', `/object/${bucket}/in`)).text, 'x');
  }),
  check('select for anonymous callers opens reading only', 'core', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'open/a', 'a');
    await world.put(bucket, 'shut/b', 'b');
    await allow(world, { verb: 'select', role: 'anon', rule: `bucket_id = '${bucket}' and name like 'open/%'` });
    const files = world.client(world.options.anonKey).from(bucket);
    same(await data(await files.download('open/a')).text(), 'a');
    refused(await files.download('shut/b'));
    same(
      data(await files.list()).map(({ name }) => name),
      ['open'],
    );
    refused(await files.upload('open/c', 'c', text), { statusCode: '403' });
    same(data(await files.remove(['open/a'])), []);
  }),
  check('the uploader owns what he uploads', 'core', async (world) => {
    const bucket = await world.bucket();
    const owned = `bucket_id = '${bucket}' and owner_id = auth.uid()::text`;
    await allow(world, { verb: 'insert', rule: `bucket_id = '${bucket}'` }, { verb: 'select', rule: owned });
    const [a, b] = [await user(world), await user(world)];
    data(await a.client.from(bucket).upload('mine', 'x', text));
    same(await data(await a.client.from(bucket).download('mine')).text(), 'x');
    refused(await b.client.from(bucket).download('mine'));
  }),
  ...FACTS.map(([what, rule]) =>
    check(`policies see ${what}`, 'wire', async (world) => {
      const bucket = await world.bucket();
      const sub = randomUUID();
      await allow(world, { verb: 'insert', rule: `bucket_id = '${bucket}' and ${rule(sub, bucket)}` });
      const headers = { 'x-acceptance': 'yes' };
      const answer = await world.request('POST', `/object/${bucket}/x`, { token: world.token({ sub, team: 'red' }), body: 'x', headers });
      same(answer.status, 200, answer.text);
    }),
  ),
];
