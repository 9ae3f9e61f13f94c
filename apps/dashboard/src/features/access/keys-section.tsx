import AddIcon from '@mui/icons-material/AddOutlined';
import KeyIcon from '@mui/icons-material/KeyOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { ApiKey } from '@supastor/contract/operations/api-keys';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { MONO } from '../../ui/fonts.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { apiKeysQuery } from './access-queries.ts';
import { KeyFormDialog } from './key-form-dialog.tsx';
import { RevokeKeyDialog, RotateKeyDialog } from './key-dialogs.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { Line, QueryLines, Section } from '../../ui/section.tsx';

type Asked = { readonly kind: 'create' } | { readonly kind: 'revoke' | 'rotate'; readonly apiKey: ApiKey };

/** Keys of programs: made, rotated and revoked here; a secret is shown once. */
export function KeysSection() {
  const t = useMessages().keys;
  const apiKeys = useQuery(apiKeysQuery);
  const [asked, setAsked] = useState<Asked | null>(null);
  useCreateRequest('api-key', () => setAsked({ kind: 'create' }));
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setAsked(null);
  const create = (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAsked({ kind: 'create' })}>
      {t.newKey}
    </Button>
  );
  return (
    <Section title={t.apiKeys} action={apiKeys.data !== undefined && apiKeys.data.length > 0 && create}>
      <QueryLines
        label={t.apiKeys}
        query={apiKeys}
        none={
          <BlankSlate icon={<KeyIcon />} title={t.none} text={t.noneText}>
            {create}
          </BlankSlate>
        }
      >
        {(apiKey) => <KeyLine key={apiKey.id} apiKey={apiKey} onAsk={(kind) => setAsked({ kind, apiKey })} />}
      </QueryLines>
      {asked?.kind === 'create' && <KeyFormDialog onClose={close} onCreated={setSecret} />}
      {asked?.kind === 'rotate' && <RotateKeyDialog apiKey={asked.apiKey} onClose={close} onCreated={setSecret} />}
      {asked?.kind === 'revoke' && <RevokeKeyDialog apiKey={asked.apiKey} onClose={close} />}
      {secret !== null && (
        <SecretDialog title={t.yourKey} note={t.yourKeyNote} copyLabel={t.copyKey} secret={secret} onClose={() => setSecret(null)} />
      )}
    </Section>
  );
}

interface KeyLineProps {
  readonly apiKey: ApiKey;
  readonly onAsk: (kind: 'revoke' | 'rotate') => void;
}

function KeyLine({ apiKey, onAsk }: KeyLineProps) {
  const t = useMessages().keys;
  const { name, prefix, permissions, expiresAt, lastUsedAt, replacedBy } = apiKey;
  const expired = useNow() > Date.parse(expiresAt ?? '9999-12-31');
  return (
    <Line
      label={name}
      title={
        <>
          <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>
            {name}
          </Box>
          {expired && <Chip label={t.expired} size="small" color="warning" variant="outlined" />}
          {!expired && replacedBy !== null && <Chip label={t.replaced} size="small" variant="outlined" />}
        </>
      }
      detail={
        <>
          <Box component="code" sx={{ fontFamily: MONO }}>
            {prefix}…
          </Box>{' '}
          · {permissions.join(', ')}
        </>
      }
      facts={
        <>
          {lastUsedAt === null ? (
            t.neverUsed
          ) : (
            <>
              {t.lastUsed} <RelativeTime at={lastUsedAt} />
            </>
          )}
          ,{' '}
          {expiresAt === null ? (
            t.noExpiry
          ) : (
            <>
              {expired ? t.ended : t.ends} <RelativeTime at={expiresAt} />
            </>
          )}
        </>
      }
      action={
        <>
          {!expired && replacedBy === null && (
            <Button size="small" color="inherit" onClick={() => onAsk('rotate')} aria-label={t.rotateIt(name)}>
              {t.rotate}
            </Button>
          )}
          <Button size="small" color="error" onClick={() => onAsk('revoke')} aria-label={t.revokeIt(name)}>
            {t.revoke}
          </Button>
        </>
      }
    />
  );
}
