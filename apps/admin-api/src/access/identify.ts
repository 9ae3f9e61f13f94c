import type { Authenticate } from '@supastor/core/access/authenticate';
import type { Identity } from '@supastor/core/access/identity';
import type { FastifyRequest } from 'fastify';
import { refuseForgery } from './same-origin.ts';
import { credentialOf } from './session-cookie.ts';

/** Who sent the request; null when nobody is signed in. @throws SJ_FORBIDDEN when a foreign page sent it */
export async function identify(request: FastifyRequest, authenticate: Authenticate): Promise<Identity | null> {
  const credential = credentialOf(request);
  refuseForgery(request, credential.kind);
  return credential.token === null ? null : authenticate(credential.token, request);
}
