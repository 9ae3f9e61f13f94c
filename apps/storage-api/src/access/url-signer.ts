import { errors as joseErrors } from 'jose';
import { z } from 'zod';
import { failures } from '../errors.ts';
import { signWith, type TokenKey } from './key-set.ts';
import { verifyToken } from './verify-token.ts';

const LATEST_EXPIRY_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

const signedSchema = z.object({
  url: z.string(),
  scope: z.enum(['download', 'upload']).optional(),
  upsert: z.boolean().optional(),
  owner: z.string().optional(),
  transformations: z.string().optional(),
  format: z.string().optional(),
  versionId: z.string().optional(),
  archive: z.literal(true).optional(),
  iat: z.number().optional(),
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

/** What a download link is narrowed to: a picture, a version, or both; or widened to: an archive of what lies below the path. */
export interface DownloadGrant extends Partial<PictureGrant> {
  readonly versionId?: string;
  readonly archive?: true;
}

/** Makes and checks the tokens in signed links: JWTs without `typ`, each bound to one object and one action. */
export class UrlSigner {
  readonly #keys: readonly TokenKey[];
  readonly #sign: (text: string) => string;
  readonly #header: string;
  readonly #now: () => number;

  /** The first key signs; links of every key that could have signed them stay valid. */
  constructor(keys: readonly [TokenKey, ...TokenKey[]], now: () => number = Date.now) {
    const [{ kid, algorithms, sign }] = keys;
    const [alg] = algorithms;
    if (sign === undefined || alg === undefined) throw new TypeError('links cannot be signed with a public key');
    this.#keys = keys.filter((key) => key.sign !== undefined);
    this.#sign = (text) => signWith(sign, alg, text);
    this.#header = Buffer.from(JSON.stringify({ kid, alg })).toString('base64url');
    this.#now = now;
  }

  /** Token to download `path` ("bucket/key") for `expiresInSeconds`; with a picture, that picture only and not the original. */
  signDownload(path: string, expiresInSeconds: number, grant?: DownloadGrant): string {
    return this.#issue({ url: path, ...grant, scope: 'download' }, expiresInSeconds);
  }

  /** Token to upload to `path` ("bucket/key") once or, with `upsert`, as often as wanted until it expires. */
  signUpload(path: string, { upsert, owner }: UploadGrant, expiresInSeconds: number): string {
    return this.#issue({ url: path, scope: 'upload', upsert, ...(owner === '' ? {} : { owner }) }, expiresInSeconds);
  }

  /** @throws ProtocolError InvalidJWT, or InvalidSignature when the token is for another object or action */
  async verify(token: string, path: string, scope: 'download' | 'upload'): Promise<SignedClaims> {
    const parsed = signedSchema.safeParse(await this.#payload(token));
    if (!parsed.success || parsed.data.url !== path || (parsed.data.scope ?? scope) !== scope) throw failures.invalidSignature();
    if (parsed.data.scope === undefined && (scope === 'upload') !== (parsed.data.upsert !== undefined)) throw failures.invalidSignature();
    return parsed.data;
  }

  #issue(claims: Readonly<Record<string, unknown>>, expiresInSeconds: number): string {
    const iat = Math.floor(this.#now() / 1000);
    const exp = iat + expiresInSeconds;
    if (exp > LATEST_EXPIRY_SECONDS) throw failures.invalidParameter('expiresIn');
    const signed = `${this.#header}.${Buffer.from(JSON.stringify({ ...claims, iat, exp })).toString('base64url')}`;
    return `${signed}.${this.#sign(signed)}`;
  }

  async #payload(token: string): Promise<unknown> {
    try {
      return await verifyToken(token, this.#keys, this.#now());
    } catch (error) {
      throw failures.invalidJwt(error instanceof joseErrors.JOSEError ? error.message : 'Invalid Compact JWS', error);
    }
  }
}
