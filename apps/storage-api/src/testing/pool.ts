import { Pool } from 'pg';

/** Connections of a test to a database that it stops or kills: that one of them is cut, in use, idle or closing, is no error. */
export function createTestPool(url: string, max: number): Pool {
  const pool = new Pool({ connectionString: url, max });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
