// The frame around every page: sections, whose data it is, colours, signing out. On a phone the sections fold away.
import {
  ActionIcon,
  AppShell,
  Badge,
  Burger,
  Button,
  Checkbox,
  Group,
  NavLink,
  Stack,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { signOut } from '../api.ts';
import { forgetDrafts } from '../drafts.ts';
import { useLetterKeysWish } from '../letter-keys.ts';
import { readLive } from '../live.ts';
import { askedToSignIn } from '../session-again.ts';
import { Brand } from './brand.tsx';
import { Ended } from './ended.tsx';
import { Icon, type IconName } from './icon.tsx';
import { focusIfLost } from './lost-focus.ts';
import { NotConnected } from './not-connected.tsx';
import { ProblemAlert } from './trouble.tsx';

const route = getRouteApi('/inside');
const SIGNED_OUT = 'relance.signed-out';

/** Narrower than this the sections fold away: `sm` of Mantine. */
const FOLDS_BELOW = 'sm';
const PHONE = '(width < 48em)';

interface Section {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
}
const SECTIONS: readonly Section[] = [
  { to: '/', label: 'Overview', icon: 'gauge' },
  { to: '/follow-ups', label: 'Follow-ups', icon: 'list' },
  { to: '/policies', label: 'Policies', icon: 'rule' },
  { to: '/templates', label: 'Templates', icon: 'page' },
  { to: '/people', label: 'People', icon: 'user' },
  { to: '/groups', label: 'Groups', icon: 'users' },
  { to: '/schedules', label: 'Schedules', icon: 'calendar' },
  { to: '/channels', label: 'Channels', icon: 'plug' },
  { to: '/suppressions', label: 'Suppressions', icon: 'stop' },
  { to: '/insight', label: 'Insight', icon: 'chart' },
  { to: '/settings', label: 'Settings', icon: 'gear' },
];
/** Pages of the server that are not part of the dashboard. */
const BESIDE: readonly Section[] = [
  { to: '/mailbox', label: 'Mailbox', icon: 'mail' },
  { to: '/docs', label: 'HTTP reference', icon: 'book' },
];

export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const { tenant } = route.useRouteContext().session;
  useLive(tenant);
  const phone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: going to another page folds the sections away.
  useEffect(() => close(), [pathname]);
  useFocusKept(pathname);
  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 216, breakpoint: FOLDS_BELOW, collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#main">
        To the content
      </a>
      <AppShell.Header hiddenFrom="sm" px="sm">
        <Group h="100%" justify="space-between">
          <Brand />
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={opened ? 'Fold sections away' : 'Sections'} />
        </Group>
      </AppShell.Header>
      {/* Folded away it is beside the window, where nobody goes by keys. */}
      <AppShell.Navbar p="sm" aria-label="Sections" inert={phone && !opened}>
        <Group visibleFrom="sm" px={8} pt={4} pb="md">
          <Brand />
        </Group>
        <AppShell.Section grow className="sections">
          <Stack gap={2}>
            {SECTIONS.map(({ to, label, icon }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={label}
                leftSection={<Icon name={icon} />}
                active={to === '/' ? pathname === '/' : pathname.startsWith(to)}
              />
            ))}
          </Stack>
          <Stack gap={2} mt="lg">
            {BESIDE.map(({ to, label, icon }) => (
              <NavLink key={to} href={to} label={label} leftSection={<Icon name={icon} />} />
            ))}
          </Stack>
        </AppShell.Section>
        <AppShell.Section>
          <Whose />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Ended tenant={tenant} />
        {/* What runs on a page of one tenant ends where somebody signs in to another. */}
        <Outlet key={tenant} />
      </AppShell.Main>
      <NotConnected />
    </AppShell>
  );
}

/**
 * What was pressed folds away at once, or goes with its page once the next one is there, which may have to be loaded first: then whoever
 * goes by keys is at the content.
 */
function useFocusKept(pathname: string): void {
  const router = useRouter();
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is about going to another page.
  useEffect(() => {
    if (begun.current) focusIfLost(mainOf);
    begun.current = true;
  }, [pathname]);
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation }) => {
        if (pathChanged && fromLocation !== undefined) focusIfLost(mainOf);
      }),
    [router],
  );
}
const mainOf = () => document.querySelector<HTMLElement>('#main');

/** What is shown is read again as it happens, and by whom it is looked at is heard of the other windows. */
function useLive(tenant: string | null): void {
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(
    () =>
      readLive(queries, tenant, (signedIn) => {
        if (!signedIn) return void askedToSignIn();
        queries.clear(); // what was read was somebody else's
        void router.invalidate();
      }),
    [queries, router, tenant],
  );
  // Whoever signs out in one window has signed out in all of them.
  useEffect(() => {
    const others = new BroadcastChannel(SIGNED_OUT);
    others.onmessage = () => {
      forgetDrafts();
      queries.clear();
      void router.invalidate();
    };
    return () => others.close();
  }, [queries, router]);
}

function Whose() {
  const { session } = route.useRouteContext();
  const router = useRouter();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      forgetDrafts();
      new BroadcastChannel(SIGNED_OUT).postMessage(null);
      queries.clear();
      await router.navigate({ to: '/sign-in', search: { to: undefined } });
    },
  });
  return (
    <Stack gap="xs" px={8} pt="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text size="xs" c="dimmed">
            Tenant
          </Text>
          <Text size="sm" fw={600} truncate maw={130}>
            {session.tenant}
          </Text>
        </div>
        <ColorButton />
      </Group>
      {session.open ? (
        <Badge variant="light" fullWidth>
          Demo: no key needed
        </Badge>
      ) : (
        <Button variant="default" size="xs" onClick={() => leave.mutate()} loading={leave.isPending}>
          Sign out
        </Button>
      )}
      {leave.error !== null && <ProblemAlert error={leave.error} />}
      <LetterKeys />
      <Text size="xs" c="dimmed">
        Relance {session.version}
      </Text>
    </Stack>
  );
}

function LetterKeys() {
  const [wanted, want] = useLetterKeysWish();
  return (
    <Checkbox
      size="xs"
      label="Letter keys (/ j k x)"
      checked={wanted}
      onChange={(event) => want(event.currentTarget.checked)}
    />
  );
}

function ColorButton() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={dark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </ActionIcon>
  );
}
