import Fastify from 'fastify';
import { Pool } from 'pg';

export interface BareFastifyOrder {
  readonly databaseUrl: string;
}

/** The yardstick of the control plane: a route that does nothing but ask Postgres once. Told its database, it says its port. */
process.once('message', ({ databaseUrl }: BareFastifyOrder) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 10 });
  const app = Fastify();
  app.get('/buckets', async () => {
    const { rows } = await pool.query({ name: 'buckets', text: 'select id, name, public, created_at from storage.buckets order by name' });
    return { buckets: rows };
  });
  void app.listen({ host: '127.0.0.1', port: 0 }).then((address) => process.send?.(address));
});
