import EditIcon from '@mui/icons-material/EditOutlined';
import ShowIcon from '@mui/icons-material/InfoOutlined';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { Setting } from '@supastor/contract/wire/setting';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import { Section } from '../../ui/section.tsx';
import { FixedTable } from '../../ui/table-frame.tsx';
import { VISUALLY_HIDDEN } from '../../ui/visually-hidden.ts';
import { SettingSource, useShownValue } from '../../ui/setting-source.tsx';

const WIDE = { display: { xs: 'none', md: 'table-cell' } } as const;

interface SettingsTableProps {
  readonly section: string;
  readonly settings: readonly Setting[];
  readonly mayWrite: boolean;
  readonly onOpen: (path: string) => void;
}

/** The settings of one section. On a phone, the value and its source stand below the name. */
export function SettingsTable({ section, settings, mayWrite, onOpen }: SettingsTableProps) {
  const t = useMessages().settings;
  return (
    <Section title={section}>
      <FixedTable label={section}>
        <TableHead>
          <TableRow>
            <TableCell sx={{ width: { md: '46%' } }}>{t.setting}</TableCell>
            <TableCell sx={WIDE}>{t.value}</TableCell>
            <TableCell sx={WIDE}>{t.source}</TableCell>
            <TableCell sx={{ width: 56 }}>
              <span style={VISUALLY_HIDDEN}>{t.edit('')}</span>
            </TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {settings.map((setting) => (
            <SettingRow key={setting.path} setting={setting} editable={mayWrite && setting.locked === null} onOpen={onOpen} />
          ))}
        </TableBody>
      </FixedTable>
    </Section>
  );
}

interface SettingRowProps {
  readonly setting: Setting;
  readonly editable: boolean;
  readonly onOpen: (path: string) => void;
}

function SettingRow({ setting, editable, onOpen }: SettingRowProps) {
  const t = useMessages().settings;
  const valueOf = useShownValue();
  const isSet = setting.source.kind !== 'default';
  const value = (
    <Box
      component="span"
      sx={{
        fontFamily: setting.value === null || setting.secret ? undefined : MONO,
        color: setting.value === null ? 'text.secondary' : 'text.primary',
        fontWeight: isSet ? 600 : undefined,
        overflowWrap: 'anywhere',
      }}
    >
      {valueOf(setting)}
    </Box>
  );
  return (
    <TableRow hover>
      <TableCell component="th" scope="row" sx={{ verticalAlign: 'top' }}>
        <Box sx={{ fontFamily: MONO, overflowWrap: 'anywhere' }}>{setting.path.split('.').slice(1).join('.')}</Box>
        <Typography variant="caption" component="div" color="textSecondary">
          {setting.description}
        </Typography>
        <Box sx={{ display: { xs: 'block', md: 'none' }, mt: 1 }}>
          {value}
          <Typography variant="caption" component="div" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            <SettingSource source={setting.source} />
          </Typography>
        </Box>
      </TableCell>
      <TableCell sx={{ ...WIDE, verticalAlign: 'top' }}>{value}</TableCell>
      <TableCell sx={{ ...WIDE, verticalAlign: 'top', color: 'text.secondary', overflowWrap: 'anywhere' }}>
        <SettingSource source={setting.source} />
      </TableCell>
      <TableCell align="right" sx={{ verticalAlign: 'top', pl: 0 }}>
        <IconButton size="small" aria-label={editable ? t.edit(setting.path) : t.open(setting.path)} onClick={() => onOpen(setting.path)}>
          {editable ? <EditIcon fontSize="small" /> : <ShowIcon fontSize="small" />}
        </IconButton>
      </TableCell>
    </TableRow>
  );
}
