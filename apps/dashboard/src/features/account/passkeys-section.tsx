import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { Passkey } from '@supastor/contract/operations/passkeys';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { methodsQuery } from '../../api/methods-query.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { passkeysQuery } from './account-queries.ts';
import { AddPasskeyDialog, RenamePasskeyDialog } from './passkey-dialogs.tsx';

/** The own passkeys: made, named and forgotten here. */
export function PasskeysSection() {
  const t = useMessages().account;
  const passkeys = useQuery(passkeysQuery);
  const methods = useQuery(methodsQuery);
  const [adding, setAdding] = useState(false);
  const [renaming, setRenaming] = useState<Passkey | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const possible = methods.data?.passkeys === true;
  return (
    <Section
      title={t.passkeys}
      action={
        possible && (
          <Button variant="outlined" onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        )
      }
    >
      <QueryLines
        label={t.passkeys}
        query={passkeys}
        none={<EmptyState title={t.noPasskeys} text={possible ? t.passkeyText : t.passkeyImpossible} />}
      >
        {(passkey) => (
          <PasskeyLine key={passkey.id} passkey={passkey} onRename={() => setRenaming(passkey)} onRemove={() => setRemoving(passkey)} />
        )}
      </QueryLines>
      {adding && <AddPasskeyDialog onClose={() => setAdding(false)} />}
      {renaming && <RenamePasskeyDialog passkey={renaming} onClose={() => setRenaming(null)} />}
      {removing && <RemovePasskeyDialog passkey={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

interface PasskeyLineProps {
  readonly passkey: Passkey;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function PasskeyLine({ passkey: { name, synced, createdAt, lastUsedAt }, onRename, onRemove }: PasskeyLineProps) {
  const t = useMessages().account;
  return (
    <Line
      label={name}
      title={
        <>
          {name}
          {synced && <Chip label={t.synced} size="small" variant="outlined" />}
        </>
      }
      detail={
        <>
          {t.added} <RelativeTime at={createdAt} />
        </>
      }
      facts={
        lastUsedAt === null ? (
          t.neverUsed
        ) : (
          <>
            {t.used} <RelativeTime at={lastUsedAt} />
          </>
        )
      }
      actionBelow
      action={
        <>
          <Button size="small" color="inherit" onClick={onRename} aria-label={t.renameIt(name)}>
            {t.rename}
          </Button>
          <Button size="small" color="error" onClick={onRemove} aria-label={t.removeIt(name)}>
            {t.remove}
          </Button>
        </>
      }
    />
  );
}

function RemovePasskeyDialog({ passkey, onClose }: { readonly passkey: Passkey; readonly onClose: () => void }) {
  const t = useMessages().account;
  const client = useQueryClient();
  const toasts = useToasts();
  const remove = useMutation({
    mutationFn: () => call(operations.accountRemovePasskey, { id: passkey.id }),
    onSuccess: () => {
      toasts.success(t.removed(passkey.name));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.passkeys }),
  });
  return (
    <ConfirmDialog
      title={t.removeTitle(passkey.name)}
      action={t.removePasskey}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.removeText}
    </ConfirmDialog>
  );
}
