// Where Grafana's own image cannot be had: reads what Grafana would be given the way it does, and asks the data source every query of
// every dashboard. `GET /check`, as admin with the password, has what came of it.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const env = process.env;
const provisioning = env.GF_PATHS_PROVISIONING ?? '/etc/grafana/provisioning';
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const readAll = (dir) => readdirSync(dir).map((name) => read(join(dir, name)));

async function check() {
  const sources = readAll(join(provisioning, 'datasources')).flatMap(({ datasources }) => datasources);
  const providers = readAll(join(provisioning, 'dashboards')).flatMap(({ providers: own }) => own);
  const dashboards = providers.flatMap(({ options }) => readAll(options.path));
  const targets = dashboards.flatMap(({ panels }) => panels.flatMap((panel) => panel.targets));
  return Promise.all(
    targets.map(async ({ datasource, expr }) => {
      const { url } = sources.find(({ uid }) => uid === datasource.uid);
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
      const { status, data } = await answer.json();
      return { expr, status, values: data?.result?.length ?? 0 };
    }),
  );
}

const password = readFileSync(env.GF_SECURITY_ADMIN_PASSWORD__FILE).toString('utf8');
const expected = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
createServer((request, response) => {
  const answer = (status, value) => {
    response.statusCode = status;
    response.end(JSON.stringify(value));
  };
  if (request.url === '/api/health') return answer(200, { database: 'ok' });
  if (request.url !== '/check') return answer(404, {});
  if (request.headers.authorization !== expected) return answer(401, {});
  return check().then(
    (results) => answer(200, results),
    (error) => answer(500, { message: String(error) }),
  );
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));
