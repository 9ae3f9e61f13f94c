import { useQueryClient } from '@tanstack/react-query';
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError } from '../../../api/api-error.ts';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { throttlePerKey } from '../../../api/throttle.ts';
import { dropPartial, isComplete, sendFile } from './send-file.ts';
import { UploadInterrupted } from './upload-errors.ts';
import { createUploadJournal } from './upload-journal.ts';
import { type SignedUpload, UploadManager } from './upload-manager.ts';
import { summarizeUploads } from './upload-state.ts';

/** Loaded with the first upload. */
const UploadDock = lazy(async () => ({ default: (await import('./upload-dock.tsx')).UploadDock }));
const UploadContext = createContext<UploadManager | null>(null);

/** The upload queue of the page. */
export function useUploads(): UploadManager {
  const manager = useContext(UploadContext);
  if (manager === null) throw new Error('useUploads needs an UploadProvider above it');
  return manager;
}

const REFRESH_EVERY_MS = 500;

interface UploadProviderProps {
  /** Id of who is signed in: interrupted uploads are offered to nobody else. */
  readonly user: string;
  readonly children: ReactNode;
}

/** Owns the upload queue, shows its dock, and warns before a page with running uploads is left. */
export function UploadProvider({ user, children }: UploadProviderProps) {
  const manager = useManager(user);
  const state = useSyncExternalStore(manager.subscribe, manager.getState);
  const busy = summarizeUploads(state).active > 0;
  useEffect(() => {
    void manager.start();
    const wake = () => manager.wake();
    window.addEventListener('online', wake);
    return () => {
      window.removeEventListener('online', wake);
      manager.stop();
    };
  }, [manager]);
  useEffect(() => {
    if (!busy) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [busy]);
  return (
    <UploadContext value={manager}>
      {children}
      {state.items.length > 0 && (
        <Suspense>
          <UploadDock manager={manager} state={state} />
        </Suspense>
      )}
    </UploadContext>
  );
}

function useManager(user: string): UploadManager {
  const client = useQueryClient();
  const [manager] = useState(() => {
    const refresh = throttlePerKey((bucket) => void client.invalidateQueries({ queryKey: keys.objects(bucket) }), REFRESH_EVERY_MS);
    return new UploadManager({
      sign,
      send: sendFile,
      isComplete,
      drop: ({ bucket, path, overwrite, resumeUrl }) => {
        if (resumeUrl === null) return;
        void sign(bucket, [path], overwrite)
          .then(async ([signed]) => signed?.url && (await dropPartial(resumeUrl, signed.url)))
          .catch(() => undefined);
      },
      journal: createUploadJournal(user),
      later: (task, delayMs) => setTimeout(task, delayMs),
      now: () => performance.now(),
      arrived: refresh,
    });
  });
  return manager;
}

/** @throws UploadInterrupted when the admin API gave no answer, or none it will stand by */
async function sign(bucket: string, paths: readonly string[], overwrite: boolean): Promise<readonly SignedUpload[]> {
  try {
    return (await call(operations.objectsSignUpload, { bucket, paths: [...paths], overwrite })).uploads;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 0 || error.status >= 502)) {
      throw new UploadInterrupted(error.message, { answered: error.status !== 0 });
    }
    throw error;
  }
}
