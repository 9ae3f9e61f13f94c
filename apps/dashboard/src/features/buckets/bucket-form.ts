import type { Bucket, VersioningStatus } from '@supastor/contract/operations/buckets';
import { editableBytes, parseBytes } from '../../format/bytes.ts';
import type { Messages } from '../../messages/messages.ts';

type Words = Messages['buckets']['problems'];

/** The form as it is typed. */
export interface BucketForm {
  readonly name: string;
  readonly public: boolean;
  /** A size such as "50 MB"; empty for no limit. */
  readonly sizeLimit: string;
  /** Types such as "image/*", separated by commas or spaces; empty for any. */
  readonly mimeTypes: string;
  /** Whether replaced and deleted objects are kept as versions. */
  readonly versioned: boolean;
}

export interface BucketSettings {
  readonly public: boolean;
  readonly file_size_limit: number | null;
  readonly allowed_mime_types: string[] | null;
  readonly versioning_status?: VersioningStatus;
}

export type FormErrors = Partial<Record<keyof BucketForm, string>>;

export const EMPTY_FORM: BucketForm = { name: '', public: false, sizeLimit: '', mimeTypes: '', versioned: false };

/** The form for a bucket that exists. */
export function formOf(bucket: Bucket): BucketForm {
  return {
    name: bucket.id,
    public: bucket.public,
    sizeLimit: bucket.file_size_limit === null ? '' : editableBytes(bucket.file_size_limit),
    mimeTypes: bucket.allowed_mime_types?.join(', ') ?? '',
    versioned: bucket.versioning_status === 'ENABLED',
  };
}

/** What is wrong with the form, in the same terms as the contract's schema. */
export function checkForm(t: Words, form: BucketForm): FormErrors {
  const name = checkName(t, form.name);
  const badType = splitTypes(form.mimeTypes).find((type) => !/^[\w.+*-]+\/[\w.+*-]+$/.test(type));
  return {
    ...(name === null ? {} : { name }),
    ...(form.sizeLimit.trim() === '' || parseBytes(form.sizeLimit) !== null ? {} : { sizeLimit: t.size }),
    ...(badType === undefined ? {} : { mimeTypes: t.type(badType) }),
  };
}

function checkName(t: Words, name: string): string | null {
  if (name === '') return t.noName;
  if (name.length > 100) return t.longName;
  if (name !== name.trim()) return t.space;
  return /^[A-Za-z0-9_!.*'() &$=@;:+,?-]+$/.test(name) ? null : t.characters;
}

/** Settings of a form without errors. Versions that were ever kept can only be suspended. */
export function settingsOf(form: BucketForm, before: VersioningStatus = 'DISABLED'): BucketSettings {
  const types = splitTypes(form.mimeTypes);
  return {
    public: form.public,
    file_size_limit: form.sizeLimit.trim() === '' ? null : parseBytes(form.sizeLimit),
    allowed_mime_types: types.length === 0 ? null : types,
    ...versioning(form.versioned, before),
  };
}

function versioning(wanted: boolean, before: VersioningStatus): Pick<BucketSettings, 'versioning_status'> {
  if (wanted === (before === 'ENABLED')) return {};
  return { versioning_status: wanted ? 'ENABLED' : 'SUSPENDED' };
}

function splitTypes(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((type) => type !== ''))];
}
