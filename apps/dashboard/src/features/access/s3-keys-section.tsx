import AddIcon from '@mui/icons-material/AddOutlined';
import KeyIcon from '@mui/icons-material/VpnKeyOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { S3Key } from '@supastor/contract/wire/s3-key';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { MONO } from '../../ui/fonts.ts';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { s3KeysQuery } from './access-queries.ts';
import { RevokeS3KeyDialog, RotateS3KeyDialog } from './s3-key-dialogs.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { S3KeyFormDialog } from './s3-key-form-dialog.tsx';

type Asked = { readonly kind: 'create' } | { readonly kind: 'revoke' | 'rotate'; readonly s3Key: S3Key };

interface NewS3Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Access keys of the S3 endpoint; nothing where the storage server keeps none. */
export function S3KeysSection() {
  const t = useMessages().keys;
  const s3Keys = useQuery(s3KeysQuery);
  const [asked, setAsked] = useState<Asked | null>(null);
  useCreateRequest('s3-key', () => setAsked({ kind: 'create' }));
  const [made, setMade] = useState<NewS3Key | null>(null);
  const close = () => setAsked(null);
  if (s3Keys.error instanceof ApiError && s3Keys.error.code === 'SJ_TARGET_UNSUPPORTED') return null;
  const create = (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAsked({ kind: 'create' })}>
      {t.newS3Key}
    </Button>
  );
  return (
    <Section title={t.s3Keys} action={s3Keys.data !== undefined && s3Keys.data.length > 0 && create}>
      <QueryLines
        label={t.s3Keys}
        query={s3Keys}
        none={
          <BlankSlate icon={<KeyIcon />} title={t.noS3Keys} text={t.noS3KeysText}>
            {create}
          </BlankSlate>
        }
      >
        {(s3Key) => <S3KeyLine key={s3Key.accessKeyId} s3Key={s3Key} onAsk={(kind) => setAsked({ kind, s3Key })} />}
      </QueryLines>
      {asked?.kind === 'create' && <S3KeyFormDialog onClose={close} onCreated={setMade} />}
      {asked?.kind === 'rotate' && <RotateS3KeyDialog s3Key={asked.s3Key} onClose={close} onCreated={setMade} />}
      {asked?.kind === 'revoke' && <RevokeS3KeyDialog s3Key={asked.s3Key} onClose={close} />}
      {made && (
        <SecretDialog
          title={t.secretOf(made.accessKeyId)}
          note={t.secretNote(made.accessKeyId)}
          copyLabel={t.copySecret}
          secret={made.secretAccessKey}
          onClose={() => setMade(null)}
        />
      )}
    </Section>
  );
}

interface S3KeyLineProps {
  readonly s3Key: S3Key;
  readonly onAsk: (kind: 'revoke' | 'rotate') => void;
}

function S3KeyLine({ s3Key, onAsk }: S3KeyLineProps) {
  const t = useMessages().keys;
  const { accessKeyId, name, buckets, prefixes, verbs, enabled, expiresAt, lastUsedAt } = s3Key;
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
          {!enabled && <Chip label={t.isDisabled} size="small" variant="outlined" />}
        </>
      }
      detail={
        <>
          <Box component="code" sx={{ fontFamily: MONO }}>
            {accessKeyId}
          </Box>{' '}
          · {verbs.join(', ')} {t.in} {buckets.includes('*') ? t.allBuckets : buckets.join(', ')}
          {prefixes.length > 0 && t.below(prefixes.join(', '))}
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
          {expiresAt !== null && (
            <>
              , {expired ? t.ended : t.ends} <RelativeTime at={expiresAt} />
            </>
          )}
        </>
      }
      action={
        <>
          <Button size="small" color="inherit" onClick={() => onAsk('rotate')} aria-label={t.rotateIt(name)}>
            {t.rotate}
          </Button>
          <Button size="small" color="error" onClick={() => onAsk('revoke')} aria-label={t.revokeIt(name)}>
            {t.revoke}
          </Button>
        </>
      }
    />
  );
}
