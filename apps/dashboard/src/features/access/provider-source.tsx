import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { settingsQuery } from '../../api/settings-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { SettingSource } from '../../ui/setting-source.tsx';

/** Where the providers are configured, how that is changed, and what a change restarts. */
export function ProviderSource() {
  const t = useMessages().access.sso;
  const { data } = useQuery(settingsQuery);
  const setting = data?.settings.find(({ path }) => path === 'access.sso');
  if (!data) return null;
  if (!setting) return data.readOnly === null ? null : <Alert severity="info">{data.readOnly}</Alert>;
  return (
    <Alert severity="info" sx={{ overflowWrap: 'anywhere' }}>
      {t.source} <SettingSource source={setting.source} />
      {setting.locked !== null && <Typography variant="body2">{setting.locked}</Typography>}
      {setting.restarts.length > 0 && <Typography variant="body2">{t.restart(setting.restarts.join(', '))}</Typography>}
    </Alert>
  );
}
