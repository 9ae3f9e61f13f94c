/** A sequence of numbers that is the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `sides`. */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.roll(choices.length)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.roll(100) < percent;
  }
}

/** Conditions of the kinds that people write. The table of teams is `public.members (team, member)`. */
const CONDITIONS: readonly string[] = [
  'true',
  'false',
  `bucket_id = 'box'`,
  `bucket_id in ('box', 'keep')`,
  `bucket_id <> 'other'`,
  `name like 'red/%'`,
  `name ilike '%.PNG'`,
  `storage.filename(name) = 'doc.png'`,
  `storage.extension(name) = 'png'`,
  `(storage.foldername(name))[1] = auth.uid()::text`,
  `(storage.foldername(name))[1] = 'red'`,
  `(storage.foldername(name))[1] = auth.jwt() ->> 'team'`,
  `(storage.foldername(name))[1] = (auth.jwt() -> 'app_metadata' ->> 'team')`,
  `array_length(storage.foldername(name), 1) = 1`,
  `path_tokens[1] = 'blue'`,
  `path_tokens[1] = any (array['red', auth.uid()::text])`,
  `cardinality(path_tokens) = 2`,
  `owner = auth.uid()`,
  `owner_id = auth.uid()::text`,
  `owner_id = (select auth.jwt() ->> 'sub')`,
  'owner_id is null',
  `auth.role() = 'authenticated'`,
  `(select auth.role()) <> 'anon'`,
  `current_user = 'authenticated'`,
  'auth.uid() is not null',
  `auth.jwt() ->> 'tier' = 'pro'`,
  `coalesce((auth.jwt() -> 'app_metadata' ->> 'admin')::boolean, false)`,
  `auth.jwt() -> 'groups' ? 'writers'`,
  `current_setting('request.jwt.claims', true)::jsonb ->> 'tier' = 'free'`,
  `storage.operation() like 'storage.object.%'`,
  `storage.operation() not like '%delete%'`,
  `storage.operation() in ('storage.object.upload', 'storage.tus.upload.create', 'storage.s3.upload')`,
  `storage.allow_only_operation('storage.object.move')`,
  `storage.allow_any_operation(array['object.list', 'object.list_v2', 's3.object.list'])`,
  `metadata ->> 'mimetype' = 'image/png'`,
  `exists (select from public.members m where m.team = (storage.foldername(name))[1] and m.member = auth.uid())`,
  `auth.uid() in (select m.member from public.members m where m.team = path_tokens[1])`,
  `exists (select from storage.buckets b where b.id = bucket_id and not b.public)`,
];

const COMMANDS = ['all', 'all', 'select', 'select', 'insert', 'update', 'delete'] as const;
const ROLES = ['public', 'authenticated', 'authenticated', 'anon', 'anon, authenticated'] as const;

/** One to four policies on storage.objects, as statements. */
export function randomPolicies(dice: Dice): readonly string[] {
  const policies = Array.from({ length: 1 + dice.roll(4) }, (_, at) => randomPolicy(dice, `p${at}`));
  // Without any policy to read, most of the rest is refused for that reason alone.
  return dice.chance(60)
    ? [...policies, `create policy sight on storage.objects for select to public using (${condition(dice, 1)})`]
    : policies;
}

function randomPolicy(dice: Dice, name: string): string {
  const command = dice.pick(COMMANDS);
  const kind = dice.chance(15) ? 'restrictive' : 'permissive';
  const using = command === 'insert' ? '' : ` using (${condition(dice, 2)})`;
  const needsCheck = command === 'insert' || (command !== 'select' && command !== 'delete' && dice.chance(60));
  const check = needsCheck ? ` with check (${condition(dice, 2)})` : '';
  return `create policy ${name} on storage.objects as ${kind} for ${command} to ${dice.pick(ROLES)}${using}${check}`;
}

function condition(dice: Dice, depth: number): string {
  if (depth === 0 || dice.chance(45)) return dice.pick(CONDITIONS);
  if (dice.chance(20)) return `not (${condition(dice, depth - 1)})`;
  return `(${condition(dice, depth - 1)}) ${dice.pick(['and', 'or', 'or'])} (${condition(dice, depth - 1)})`;
}
