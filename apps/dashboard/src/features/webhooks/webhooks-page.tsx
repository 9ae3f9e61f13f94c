import AddIcon from '@mui/icons-material/AddOutlined';
import WebhookIcon from '@mui/icons-material/WebhookOutlined';
import Button from '@mui/material/Button';
import type { Webhook } from '@supastor/contract/wire/webhook';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';
import { Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { DeliveryLog } from './delivery-log.tsx';
import { DeleteTargetDialog, RotateSecretDialog } from './target-dialogs.tsx';
import { TargetFormDialog } from './target-form-dialog.tsx';
import { TargetLine } from './target-line.tsx';
import { webhooksQuery } from './webhook-queries.ts';

const route = getRouteApi('/signed-in/webhooks');

type Asked = { readonly kind: 'create' } | { readonly kind: 'edit' | 'rotate' | 'delete'; readonly target: Webhook };

/** Who is told of changed objects, and what became of each message. */
export function WebhooksPage() {
  const t = useMessages().webhooks;
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const webhooks = useQuery(webhooksQuery);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const targets = webhooks.data ?? [];
  useCreateRequest('webhook', () => setAsked({ kind: 'create' }));
  const close = () => setAsked(null);
  const create = (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAsked({ kind: 'create' })}>
      {t.newTarget}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.webhooks} text={t.webhooksText}>
        {targets.length > 0 && create}
      </PageHeader>
      {webhooks.error && !webhooks.data && <ErrorNotice error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.isPending && <LinesSkeleton />}
      {webhooks.data && targets.length === 0 && (
        <BlankSlate icon={<WebhookIcon />} title={t.noTargets} text={t.noTargetsText}>
          {create}
        </BlankSlate>
      )}
      {targets.length > 0 && (
        <>
          <Section title={t.targets}>
            <Lines label={t.targets}>
              {targets.map((target) => (
                <TargetLine key={target.id} target={target} onAsk={(kind) => setAsked({ kind, target })} />
              ))}
            </Lines>
          </Section>
          <DeliveryLog targets={targets} filter={filter} onChange={(search) => void navigate({ search, replace: true })} />
        </>
      )}
      {asked?.kind === 'create' && <TargetFormDialog onClose={close} onCreated={setSecret} />}
      {asked?.kind === 'edit' && <TargetFormDialog target={asked.target} onClose={close} />}
      {asked?.kind === 'rotate' && <RotateSecretDialog target={asked.target} onClose={close} onRotated={setSecret} />}
      {asked?.kind === 'delete' && <DeleteTargetDialog target={asked.target} onClose={close} />}
      {secret !== null && (
        <SecretDialog
          title={t.signingKey}
          note={t.signingKeyNote}
          copyLabel={t.copySigningKey}
          secret={secret}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  );
}
