import type { S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { testImageSettings } from '../image-settings.ts';
import { s3SessionClient, TEST_S3 } from '../s3.ts';
import { startTestServer, type TestServer } from '../server.ts';

/** What an attempt may change, and a reset brings back. */
const TABLES = [
  'storage.objects',
  'storage_versions.objects',
  'storage.s3_multipart_uploads',
  'storage.s3_multipart_uploads_parts',
  'storage.resumable_uploads',
];

/**
 * A server with S3 and pictures on whose objects callers try what policies allow them. Between attempts the rows come back as they
 * were, bytes never go: nothing is collected while a test runs.
 */
export class PolicyBench {
  readonly server: TestServer;
  /** A small PNG: every object of the bench is one, so that pictures can be made of it. */
  readonly picture: Buffer;
  readonly #clients = new Map<string, S3Client>();
  readonly #stopImages: () => Promise<void>;
  #columns: ReadonlyMap<string, string> = new Map();

  private constructor(server: TestServer, picture: Buffer, stopImages: () => Promise<void>) {
    this.server = server;
    this.picture = picture;
    this.#stopImages = stopImages;
  }

  static async start(): Promise<PolicyBench> {
    const cache = await createTempDir('pictures');
    const server = await startTestServer({ s3: TEST_S3, images: testImageSettings(cache.path) });
    const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#c22' } })
      .png()
      .toBuffer();
    return new PolicyBench(server, picture, () => cache.remove());
  }

  /** The AWS client in session mode with that token. */
  s3(token: string): S3Client {
    const known = this.#clients.get(token);
    if (known !== undefined) return known;
    const client = s3SessionClient(`${this.server.url}/s3`, token);
    this.#clients.set(token, client);
    return client;
  }

  /** Rows as they are now are what {@link reset} returns to. */
  async remember(): Promise<void> {
    const columns = new Map<string, string>();
    for (const table of TABLES) {
      const [row] = await this.server.sql(
        `select string_agg(quote_ident(attname), ', ' order by attnum) as names from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      );
      columns.set(table, String(row?.['names']));
      await this.server.sql(
        `drop table if exists ${copyOf(table)}; create table ${copyOf(table)} as select ${columns.get(table)} from ${table}`,
      );
    }
    this.#columns = columns;
  }

  /** Past triggers, so that the bytes of what was removed or replaced in between are not given up. */
  async reset(): Promise<void> {
    const restore = [...this.#columns].map(
      ([table, names]) =>
        `delete from ${table}; insert into ${table} (${names}) overriding system value select ${names} from ${copyOf(table)};`,
    );
    await this.server.sql(
      `begin; set local session_replication_role = replica; ${restore.join(' ')} delete from storage.retired_blobs; commit`,
    );
  }

  /** A digest of everything that attempts may change. */
  async state(): Promise<string> {
    const parts = TABLES.map((table) => `(select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${table} t)`);
    const [row] = await this.server.sql(`select concat_ws(',', ${parts.join(', ')}) as state`);
    return String(row?.['state']);
  }

  /** Replaces all policies on objects and buckets. */
  async setPolicies(statements: readonly string[]): Promise<void> {
    const existing = await this.server.sql(`select policyname, tablename from pg_policies where schemaname = 'storage'`);
    const drops = existing.map(({ policyname, tablename }) => `drop policy "${String(policyname)}" on storage.${String(tablename)}`);
    const script = [...drops, ...statements].join(';\n');
    if (script !== '') await this.server.sql(script);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.destroy();
    await this.server.stop();
    await this.#stopImages();
  }
}

function copyOf(table: string): string {
  return `public.kept_${table.replace('.', '_')}`;
}
