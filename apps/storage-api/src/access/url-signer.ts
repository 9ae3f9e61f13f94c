import { createHmac, createSecretKey } from 'node:crypto';
import { errors as joseErrors, jwtVerify } from 'jose';
import { z } from 'zod';
import { failures } from '../errors.ts';

const HEADER = Buffer.from('{"alg":"HS256"}').toString('base64url');
const LATEST_EXPIRY_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

const signedSchema = z.object({
  url: z.string(),
  scope: z.enum(['download', 'upload']).optional(),
  upsert: z.boolean().optional(),
  owner: z.string().optional(),
  transformations: z.string().optional(),
  format: z.string().optional(),
  exp: z.number(),
});
export type SignedClaims = z.infer<typeof signedSchema>;

export interface UploadGrant {
  readonly upsert: boolean;
  /** Subject that asked for the link and will own the object; empty for none. */
  readonly owner: string;
}

export interface PictureGrant {
  /** See images/transform-options.ts. */
  readonly transformations: string;
  readonly format?: string;
}

/** Makes and checks the tokens in signed links: HS256 without `typ`, each bound to one object and one action. */
export class UrlSigner {
  readonly #secret: Buffer;
  readonly #now: () => number;

  constructor(secret: string, now: () => number = Date.now) {
    this.#secret = Buffer.from(secret);
    this.#now = now;
  }

  /** Token to download `path` ("bucket/key") for `expiresInSeconds`; with a picture, that picture only and not the original. */
  signDownload(path: string, expiresInSeconds: number, picture?: PictureGrant): string {
    return this.#sign({ url: path, ...picture, scope: 'download' }, expiresInSeconds);
  }

  /** Token to upload to `path` ("bucket/key") once or, with `upsert`, as often as wanted until it expires. */
  signUpload(path: string, { upsert, owner }: UploadGrant, expiresInSeconds: number): string {
    return this.#sign({ url: path, scope: 'upload', upsert, ...(owner === '' ? {} : { owner }) }, expiresInSeconds);
  }

  /** @throws ProtocolError InvalidJWT, or InvalidSignature when the token is for another object or action */
  async verify(token: string, path: string, scope: 'download' | 'upload'): Promise<SignedClaims> {
    const parsed = signedSchema.safeParse(await this.#payload(token));
    if (!parsed.success || parsed.data.url !== path || (parsed.data.scope ?? scope) !== scope) throw failures.invalidSignature();
    if (parsed.data.scope === undefined && (scope === 'upload') !== (parsed.data.upsert !== undefined)) throw failures.invalidSignature();
    return parsed.data;
  }

  #sign(claims: Readonly<Record<string, unknown>>, expiresInSeconds: number): string {
    const iat = Math.floor(this.#now() / 1000);
    const exp = iat + expiresInSeconds;
    if (exp > LATEST_EXPIRY_SECONDS) throw failures.invalidParameter('expiresIn');
    const signed = `${HEADER}.${Buffer.from(JSON.stringify({ ...claims, iat, exp })).toString('base64url')}`;
    return `${signed}.${createHmac('sha256', this.#secret).update(signed).digest('base64url')}`;
  }

  async #payload(token: string): Promise<unknown> {
    try {
      const options = { algorithms: ['HS256'], currentDate: new Date(this.#now()) };
      return (await jwtVerify(token, createSecretKey(this.#secret), options)).payload;
    } catch (error) {
      throw failures.invalidJwt(error instanceof joseErrors.JOSEError ? error.message : 'Invalid Compact JWS', error);
    }
  }
}
