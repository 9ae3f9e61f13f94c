import { BEYOND, LEAST } from './key-range.ts';
import { OBJECT_COLUMNS, type ObjectRow } from './object-queries.ts';
import { type Step, step } from './step.ts';

const SQL = {
  page: {
    name: 'archive_page',
    text: `select ${OBJECT_COLUMNS} from storage.objects
      where bucket_id = $1 and name collate "C" >= $2 and name collate "C" < $3 order by name collate "C" limit $4`,
  },
  size: {
    name: 'archive_size',
    text: `select count(*) as objects, coalesce(sum(size_bytes), 0) as bytes from (select size_bytes from storage.objects
      where bucket_id = $1 and name collate "C" >= $2 and name collate "C" < $3 limit $4) as found`,
  },
} as const;

interface Folder {
  readonly bucket: string;
  readonly prefix: string;
}

/** The next objects below a prefix, in the order of keys. */
export function archivePage({ bucket, prefix }: Folder, after: string | null, limit: number): Step<ObjectRow> {
  return step(SQL.page, [bucket, after === null ? prefix : after + LEAST, prefix + BEYOND, limit]);
}

/** Objects and bytes below a prefix; counting stops at `limit` objects. */
export function archiveSize({ bucket, prefix }: Folder, limit: number): Step<{ objects: string; bytes: string }> {
  return step(SQL.size, [bucket, prefix, prefix + BEYOND, limit]);
}
