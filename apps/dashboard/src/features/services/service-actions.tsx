import LogsIcon from '@mui/icons-material/NotesOutlined';
import MoreIcon from '@mui/icons-material/MoreVertOutlined';
import RestartIcon from '@mui/icons-material/RestartAltOutlined';
import StartIcon from '@mui/icons-material/PlayArrowOutlined';
import StopIcon from '@mui/icons-material/StopOutlined';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

type Action = 'start' | 'stop' | 'restart';

/** Runs one of the three, which differ in nothing but their verb. */
function run(action: Action, service: ServiceName): Promise<ServiceStatus> {
  switch (action) {
    case 'start':
      return call(operations.servicesStart, { service });
    case 'stop':
      return call(operations.servicesStop, { service });
    case 'restart':
      return call(operations.servicesRestart, { service });
  }
}

interface ServiceActionsProps {
  readonly service: ServiceStatus;
  readonly onLogs: () => void;
}

/** Start, stop, restart and logs of one service. */
export function ServiceActions({ service, onLogs }: ServiceActionsProps) {
  const t = useMessages().services;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [confirming, setConfirming] = useState(false);
  const act = useAct(service, () => setConfirming(false));
  const running = service.state !== 'stopped' && service.state !== 'crashed';
  const choose = (action: () => void) => () => {
    setAnchor(null);
    action();
  };
  return (
    <>
      <IconButton
        size="small"
        aria-label={t.actionsFor(service.name)}
        aria-haspopup="menu"
        loading={act.isPending}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreIcon fontSize="small" />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem onClick={choose(onLogs)}>
          <LogsIcon fontSize="small" />
          {t.showLogs}
        </MenuItem>
        {!running && (
          <MenuItem onClick={choose(() => act.mutate('start'))}>
            <StartIcon fontSize="small" />
            {t.start}
          </MenuItem>
        )}
        {running && (
          <MenuItem onClick={choose(() => act.mutate('restart'))}>
            <RestartIcon fontSize="small" />
            {t.restart}
          </MenuItem>
        )}
        {running && (
          <MenuItem onClick={choose(() => setConfirming(true))} sx={{ color: 'error.main' }}>
            <StopIcon fontSize="small" />
            {t.stop}
          </MenuItem>
        )}
      </Menu>
      {confirming && (
        <ConfirmDialog
          title={t.stopTitle(service.name)}
          action={t.stopIt}
          busy={act.isPending}
          error={act.error}
          onConfirm={() => act.mutate('stop')}
          onClose={() => setConfirming(false)}
        >
          {t.stopWarnings[service.name]}
        </ConfirmDialog>
      )}
    </>
  );
}

function useAct({ name }: ServiceStatus, onDone: () => void) {
  const t = useMessages().services;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (action: Action) => run(action, name),
    onSuccess: (_status, action) => {
      toasts.success(t.done[action](name));
      onDone();
    },
    onError: (error, action) => {
      // The admin API cannot answer for its own end; the live connection shows when it is back.
      if (name === 'admin' && error instanceof ApiError && error.status === 0) return onDone();
      if (action !== 'stop') toasts.failure(error);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.services }),
  });
}
