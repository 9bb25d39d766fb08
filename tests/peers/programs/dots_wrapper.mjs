// A life cycle of Droplets with dots-wrapper, a client for Node.js.
import { setTimeout as pause } from 'node:timers/promises';
import { createRequire } from 'node:module';

// Where its package is installed; a program of one's own would just import it.
const { createApiClient } = createRequire(`${process.env.DO_MODULES}/`)('dots-wrapper');

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHSH948KpWQUyxThfNNphgnpfCXq/IUKsRuBlE+G/6p peer@example.com';
const PLAN = { region: 'nyc3', size: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' };

const dots = createApiClient({ token: process.env.DO_TOKEN, endpoint: process.env.DO_URL });
const say = (step, ...values) => console.log(`${step}:`, values.map((value) => JSON.stringify(value)).join(' '));

const droplet = async (droplet_id) => (await dots.droplet.getDroplet({ droplet_id })).data.droplet;
const names = (droplets) => droplets.map((one) => one.name).sort();

async function waitFor(status, ...ids) {
  for (const id of ids) while ((await droplet(id)).status !== status) await pause(50);
}

async function finish({ data: { action } }) {
  while (action.status === 'in-progress') {
    await pause(50);
    action = (await dots.action.getAction({ action_id: action.id })).data.action;
  }
  return action.status;
}

async function refused(step, promise) {
  try {
    await promise;
  } catch (error) {
    say(step, error.response.status, error.response.data.id, error.response.data.message);
  }
}

const { data: { account } } = await dots.account.getAccount();
say('account', account.status);
const { data: { regions } } = await dots.region.listRegions({ per_page: 200 });
say('region', regions.filter((one) => one.slug === 'nyc3').map((one) => one.available));
const { data: { sizes } } = await dots.size.listSizes({ per_page: 200 });
say('size', sizes.filter((one) => one.slug === 's-1vcpu-1gb').map((one) => one.memory));
const { data: { image } } = await dots.image.getImage({ slug: 'ubuntu-24-04-x64' });
say('image', image.distribution);

const { data: { ssh_key } } = await dots.sshKey.createSshKey({ name: 'laptop', public_key: KEY });
const { data: { ssh_key: found } } = await dots.sshKey.getSshKey({ ssh_key_id: ssh_key.id });
say('key', found.name);

const { data: made } = await dots.droplet.createDroplet({ name: 'solo', ssh_keys: [ssh_key.id], ipv6: true, tags: ['peer'], ...PLAN });
const solo = made.droplet.id;
say('created', made.droplet.name, made.droplet.status);
const { data: { droplets: crew } } = await dots.droplet.createDroplets({ names: ['crew-1', 'crew-2', 'crew-3'], tags: ['peer', 'crew'], ...PLAN });
await waitFor('active', solo, ...crew.map((one) => one.id));
say('active', names((await dots.droplet.listDroplets({ tag_name: 'peer' })).data.droplets));
const { networks } = await droplet(solo);
say('addresses', networks.v4.map((one) => one.type), networks.v6.length);

say('power_off', await finish(await dots.droplet.powerOffDroplet({ droplet_id: solo })), (await droplet(solo)).status);
say('resize', await finish(await dots.droplet.resizeDroplet({ droplet_id: solo, size: 's-2vcpu-2gb', disk: true })), (await droplet(solo)).disk);
say('power_on', await finish(await dots.droplet.powerOnDroplet({ droplet_id: solo })), (await droplet(solo)).status);
say('snapshot', await finish(await dots.droplet.snapshotDroplet({ droplet_id: solo, name: 'solo-snapshot' })));
const { data: { snapshots } } = await dots.droplet.listDropletSnapshots({ droplet_id: solo });
say('snapshots', names(snapshots));
say('rename', await finish(await dots.droplet.renameDroplet({ droplet_id: solo, name: 'renamed' })), (await droplet(solo)).name);
const { data: { actions } } = await dots.droplet.doActionByDropletTag({ tag_name: 'crew', type: 'power_off' });
say('by tag', await Promise.all(actions.map((action) => finish({ data: { action } }))));
const { data: history } = await dots.droplet.listDropletActions({ droplet_id: solo });
say('actions', history.actions.map((one) => one.type).sort());

await dots.tag.createTag({ name: 'late' });
await dots.tag.tagResources({ tag_name: 'late', resources: [{ resource_id: String(solo), resource_type: 'droplet' }] });
const { data: { tag } } = await dots.tag.getTag({ tag_name: 'late' });
say('tagged', tag.resources.count, tag.resources.droplets.last_tagged_uri.endsWith(`/v2/droplets/${solo}`));
await dots.tag.untagResources({ tag_name: 'late', resources: [{ resource_id: String(solo), resource_type: 'droplet' }] });
await dots.tag.deleteTag({ tag_name: 'late' });

const { data: { volume } } = await dots.volume.createVolume({ name: 'data', region: 'nyc3', size_gigabytes: 10 });
const attached = await dots.volume.attachVolumeToDroplet({ volume_id: volume.id, droplet_id: solo });
say('attach', await finish(attached), (await droplet(solo)).volume_ids.length);
const detached = await dots.volume.detachVolumeFromDroplet({ volume_id: volume.id, droplet_id: solo });
say('detach', await finish(detached), (await droplet(solo)).volume_ids.length);
await dots.volume.deleteVolume({ volume_id: volume.id });

const { data: { floating_ip } } = await dots.floatingIp.createFloatingIp({ region: 'nyc3' });
const { ip } = floating_ip;
say('assign', await finish(await dots.floatingIp.assignIpToDroplet({ ip, droplet_id: solo })));
say('assigned', (await dots.floatingIp.getFloatingIp({ ip })).data.floating_ip.droplet.name);
say('unassign', await finish(await dots.floatingIp.unassignIpFromDroplet({ ip })));
await dots.floatingIp.deleteFloatingIp({ ip });

await dots.domain.createDomain({ name: 'peer.example.com' });
const record = { domain_name: 'peer.example.com', type: 'A', name: 'www', data: '198.18.0.9' };
const { data: { domain_record } } = await dots.domain.createDomainRecord(record);
say('record', domain_record.type, domain_record.name, domain_record.data);
await dots.domain.deleteDomain({ name: 'peer.example.com' });

const inbound = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } };
const { data: { firewall } } = await dots.firewall.createFirewall({
  name: 'ssh', inbound_rules: [inbound], outbound_rules: [], droplet_ids: [solo],
});
await dots.firewall.addTagsToFirewall({ firewall_id: firewall.id, tags: ['crew'] });
const { data: { firewall: wall } } = await dots.firewall.getFirewall({ firewall_id: firewall.id });
say('firewall', wall.name, wall.droplet_ids.length, wall.tags);
await dots.firewall.deleteFirewall({ firewall_id: firewall.id });

const { data: { vpc } } = await dots.vpc.createVpc({ name: 'private', region: 'nyc3', ip_range: '10.77.0.0/24' });
say('vpc', vpc.name, vpc.ip_range, vpc.default);
await dots.vpc.deleteVpc({ vpc_id: vpc.id });

const seen = [];
for (let page = 1, more = true; more; page += 1) {
  const { data } = await dots.droplet.listDroplets({ page, per_page: 3 });
  seen.push(...data.droplets);
  more = data.links.pages?.next !== undefined;
}
say('pages', names(seen));

await refused('missing', droplet(1));
await refused('refused', dots.droplet.createDroplet({ name: 'solo', ...PLAN, size: 'no-such-size' }));
await refused('refused', dots.droplet.resizeDroplet({ droplet_id: solo, size: 's-4vcpu-8gb', disk: true }));

const { status } = await dots.droplet.deleteDroplet({ droplet_id: solo });
await dots.droplet.deleteDropletsByTag({ tag_name: 'crew' });
say('left', status, (await dots.droplet.listDroplets({})).data.droplets);
for (const { id } of (await dots.snapshot.listSnapshots({})).data.snapshots) await dots.snapshot.deleteSnapshot({ snapshot_id: id });
await dots.sshKey.destroySshKey({ ssh_key_id: ssh_key.id });
say('snapshots and keys', (await dots.snapshot.listSnapshots({})).data.snapshots, (await dots.sshKey.listSshKeys({})).data.ssh_keys);
