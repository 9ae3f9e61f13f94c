import { Ajv2020 } from 'ajv/dist/2020.js';
import type { RawAnswer } from './raw-http.ts';
import type { DocumentedAnswer, DocumentedOperation, ApiDocument } from './document-requests.ts';

/** What no answer may show of our insides. */
const LEAKS =
  /node_modules|\bat \S+ \(|\.[tj]s:\d+|\bselect .+ from\b|\binsert into\b|storage\.objects|relation "|syntax error at|\/(?:tmp|root|home|work|usr|var)\//i;
/** What may be asked for instead, as the document lists it: `storage.objects` is a series there. */
const OPTIONS = /expected one of (?:\\"[\w.-]+\\"\|?)+/g;
const NO_BODY = new Set([204, 304]);

/** Compares answers with what the document says of them. */
export class DocumentJudge {
  readonly #document: ApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false });
  readonly #secrets: readonly string[];

  /** `secrets` may not be in any answer, nor in a header of one. */
  constructor(document: ApiDocument, secrets: readonly string[]) {
    this.#document = document;
    this.#secrets = secrets;
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
    this.#ajv.addFormat('uuid', /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i);
    this.#ajv.addFormat('binary', true);
    this.#ajv.addSchema({ $id: 'document', ...document });
  }

  /** What is wrong with an answer; null when nothing is. */
  problemOf(operation: DocumentedOperation, answer: RawAnswer): string | null {
    const { status } = answer;
    const isRefusedS3 = operation.s3Rows.length > 0 && status === 501;
    if (status >= 500 && !isRefusedS3) return `a failure of the server: ${status}`;
    const described = operation.responses[String(status)];
    if (described === undefined) return `status ${status} is not documented`;
    return this.#leakOf(answer) ?? this.#bodyProblem(operation, described, answer);
  }

  #leakOf({ status, text, headers }: RawAnswer): string | null {
    const head = JSON.stringify(headers);
    const told = this.#secrets.find((secret) => text.includes(secret) || head.includes(secret));
    if (told !== undefined) return 'a secret or a path of the server is in the answer';
    return status >= 400 && LEAKS.test(text.replaceAll(OPTIONS, '')) ? `the answer tells of our insides: ${text.slice(0, 300)}` : null;
  }

  #bodyProblem({ path, method }: DocumentedOperation, described: DocumentedAnswer, { status, headers, text }: RawAnswer): string | null {
    const isBodiless = method === 'HEAD' || NO_BODY.has(status);
    if (isBodiless) return text === '' ? null : `status ${status} has a body`;
    const shared = described.$ref?.split('/').at(-1);
    const { content } = (shared === undefined ? described : this.#document.components.responses[shared]) ?? {};
    if (content === undefined) return text === '' ? null : 'an answer without a described body has one';
    const type = String(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    const media = Object.keys(content).find(
      (each) => each === type || each === '*/*' || (each.endsWith('/*') && type.startsWith(each.slice(0, -1))),
    );
    if (media === undefined) return `content type ${type} is not documented for status ${status}`;
    if (media === 'application/xml' && status >= 400)
      return /^<\?xml[^>]*\?>\s*<Error><Resource>[^]*<Code>\w+<\/Code>/.test(text) ? null : `not an error of S3: ${text}`;
    if (!/^application\/(?:problem\+)?json$/.test(media)) return null;
    const at =
      shared === undefined ? ['paths', path, method.toLowerCase(), 'responses', String(status)] : ['components', 'responses', shared];
    return this.#schemaProblem([...at, 'content', media, 'schema'], text);
  }

  #schemaProblem(location: readonly string[], text: string): string | null {
    const pointer = location.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#ajv.getSchema(`document#/${pointer}`);
    if (validate === undefined) return `the document has no schema at ${pointer}`;
    try {
      return validate(JSON.parse(text)) === true
        ? null
        : `the answer is not as described: ${this.#ajv.errorsText(validate.errors)}: ${text.slice(0, 300)}`;
    } catch {
      return `not JSON: ${text.slice(0, 200)}`;
    }
  }
}
