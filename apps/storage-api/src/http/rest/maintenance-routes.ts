import {
  importOptionsSchema,
  MAINTENANCE_KINDS,
  maintenancePageSchema,
  quarantineQuerySchema,
  quarantineRestoreSchema,
  scanOptionsSchema,
  scrubOptionsSchema,
} from '@supastor/contract/wire/maintenance';
import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { listDamaged, presentDamage } from '../../integrity/integrity-queries.ts';
import { listEntries, presentEntry } from '../../integrity/quarantine-queries.ts';
import { failures } from '../../errors.ts';
import { scopeOf } from '../caller.ts';
import { outgoingBody } from '../outgoing-body.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const params = { type: 'object', properties: { id: { type: 'string', pattern: UUID } }, required: ['id'] };
type ById = { Params: { id: string } };
const versionParams = { type: 'object', properties: { version: { type: 'string', pattern: UUID } }, required: ['version'] };

const config = (operation: string) => ({ auth: 'required', operation: `storage.maintenance.${operation}` }) as const;
const OPTIONS = { scan: scanOptionsSchema, scrub: scrubOptionsSchema, import: importOptionsSchema } as const;

/** `/maintenance`: scan, scrub, quarantine, what is damaged, and bytes by their version for backups; for service_role only. */
export function maintenanceRoutes(app: FastifyInstance, { maintenance, quarantine, database, blobs }: StorageDeps): void {
  void app.register(async (scope) => {
    scope.addHook('preValidation', async (request) => requireServiceRole(request, 'maintenance'));

    for (const kind of MAINTENANCE_KINDS) {
      scope.post(`/maintenance/${kind}`, { config: config(kind) }, async (request, reply) => {
        const options = parseInput(OPTIONS[kind], request.body, 'body');
        const { subject, role } = scopeOf(request);
        return reply.code(202).send(await maintenance.request(kind, options, subject === '' ? role : subject));
      });
    }

    scope.get('/maintenance/adopted', { config: config('adopted') }, (request) =>
      maintenance.adopted(parseInput(maintenancePageSchema, request.query, 'querystring').limit),
    );
    scope.get('/maintenance/runs', { config: config('list') }, async (request) => {
      const { limit } = parseInput(maintenancePageSchema, request.query, 'querystring');
      return { runs: await maintenance.list(limit) };
    });
    scope.get<ById>('/maintenance/runs/:id', { schema: { params }, config: config('get') }, (request) =>
      maintenance.find(request.params.id),
    );
    scope.post<ById>('/maintenance/runs/:id/cancel', { schema: { params }, config: config('cancel') }, (request) =>
      maintenance.cancel(request.params.id),
    );

    scope.get<{ Params: { version: string } }>(
      '/maintenance/blobs/:version',
      { exposeHeadRoute: false, schema: { params: versionParams }, config: config('blob') },
      async (request, reply) => {
        const blob = await blobs.open(request.params.version.toLowerCase());
        if (blob === null) throw failures.noSuchKey();
        const body = await blob.body();
        return reply
          .headers({ 'content-type': 'application/octet-stream', 'content-length': blob.sizeBytes, 'cache-control': 'no-store' })
          .send(Buffer.isBuffer(body) ? body : outgoingBody(body));
      },
    );

    scope.get('/maintenance/damaged', { config: config('damaged') }, async (request) => {
      const damaged = listDamaged(parseInput(maintenancePageSchema, request.query, 'querystring').limit);
      await database.read(damaged);
      return { damaged: damaged.rows.map(presentDamage) };
    });
    scope.get('/maintenance/quarantine', { config: config('quarantine') }, async (request) => {
      const { runId, limit } = parseInput(quarantineQuerySchema, request.query, 'querystring');
      const entries = listEntries(runId ?? null, limit);
      await database.read(entries);
      return { entries: entries.rows.map((row) => presentEntry(row, maintenance.quarantineSeconds)) };
    });
    scope.post('/maintenance/quarantine/restore', { config: config('restore') }, async (request) =>
      quarantine.restore(parseInput(quarantineRestoreSchema, request.body, 'body').ids),
    );
  });
}
