import type { Bucket } from '@supastor/contract/operations/buckets';
import type { ObjectDialog } from './dialogs-state.ts';
import { LinkDialog } from './link-dialog.tsx';
import { publicUrl } from './paths.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { TransferDialog } from './transfer/transfer-dialog.tsx';

interface ObjectDialogsProps {
  readonly bucket: Bucket;
  readonly storageUrl: string;
  readonly dialog: ObjectDialog | null;
  readonly onClose: () => void;
  /** Told when objects have moved or are gone. */
  readonly onChanged: () => void;
}

/** The dialog that is open over the browser. */
export function ObjectDialogs({ bucket, storageUrl, dialog, onClose, onChanged }: ObjectDialogsProps) {
  switch (dialog?.type) {
    case 'link': {
      const lasting = bucket.public ? publicUrl(storageUrl, bucket.id, dialog.path) : null;
      return <LinkDialog bucket={bucket.id} path={dialog.path} publicUrl={lasting} onClose={onClose} />;
    }
    case 'transfer':
      return <TransferDialog verb={dialog.verb} bucket={bucket.id} rows={dialog.rows} onClose={onClose} onDone={onChanged} />;
    case 'remove':
      return <RemoveDialog bucket={bucket} rows={dialog.rows} onClose={onClose} onRemoved={onChanged} />;
    case undefined:
      return null;
  }
}
