import { Pool } from 'pg';
import { Skip } from './check.ts';
import { send } from './http.ts';

export interface Sql {
  run(text: string): Promise<void>;
  close(): Promise<void>;
}

/** SQL by a direct connection, else by postgres-meta. @throws Skip without either */
export function openSql({ databaseUrl, metaUrl }: { readonly databaseUrl: string | null; readonly metaUrl: string | null }): Sql {
  if (databaseUrl !== null) return overConnection(databaseUrl);
  if (metaUrl !== null) return overMeta(metaUrl);
  throw new Skip('neither a database URL nor a postgres-meta URL was given');
}

function overConnection(url: string): Sql {
  const pool = new Pool({ connectionString: url, max: 1 });
  pool.on('error', () => {});
  return {
    async run(text) {
      await pool.query(text);
    },
    close: () => pool.end(),
  };
}

function overMeta(url: string): Sql {
  return {
    async run(text) {
      const answer = await send(url, 'POST', '/query', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text }),
      });
      if (answer.status !== 200) throw new Error(`postgres-meta answered ${answer.status}: ${answer.text}`);
    },
    close: () => Promise.resolve(),
  };
}
