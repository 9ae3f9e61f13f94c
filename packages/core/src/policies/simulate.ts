import { SupastorError } from '@supastor/contract/errors';
import type { Simulation, StorageVerb } from '@supastor/contract/operations/policies';
import { judge } from './judge.ts';
import type { PolicyStore, ProbeRequest } from './policy-store.port.ts';
import { readClaims } from './token-claims.ts';

export interface SimulationRequest {
  readonly role?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly token?: string | undefined;
  readonly verb: StorageVerb;
  readonly bucket: string;
  readonly path: string;
  readonly to?: string | undefined;
  readonly contentType?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

/** Runs a verb as a role or token in a transaction that is taken back, and says which policy decided. */
export async function simulate(store: PolicyStore, request: SimulationRequest): Promise<Simulation> {
  const probe = toProbe(request);
  return judge(probe, await store.probe(probe));
}

function toProbe(request: SimulationRequest): ProbeRequest {
  const { verb, bucket, path, to, contentType, sizeBytes } = request;
  if ((verb === 'copy' || verb === 'move') && to === undefined) throw invalid('to', `is needed to ${verb}`);
  if (request.token !== undefined && request.claims !== undefined) throw invalid('claims', 'give either a token or claims');
  const claims = request.token === undefined ? (request.claims ?? {}) : readClaims(request.token);
  const claimed = claims['role'];
  const role = request.role ?? (typeof claimed === 'string' ? claimed : 'anon');
  const metadata = { ...(contentType !== undefined && { mimetype: contentType }), ...(sizeBytes !== undefined && { size: sizeBytes }) };
  return { role, claims: { role, ...claims }, verb, bucket, path, to, metadata };
}

function invalid(field: string, message: string): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', `${field}: ${message}`, {
    hint: 'See /docs for the shape of the input.',
    meta: { errors: [{ path: field, message }] },
  });
}
