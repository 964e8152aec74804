// The errors that each kind of call of the shim can have. A socket's EAGAIN, short sends and short reads are missing:
// the kernel's buffer would be neither full nor empty, so that no event would follow.

import { constants } from 'node:os';
import { SHORT } from './shim.js';

const named = (...names) => names.map((name) => [name, name === 'SHORT' ? SHORT : constants.errno[name]]);
const EDQUOT = ['EDQUOT', constants.errno.EDQUOT];

export const ERRORS = {
  open: named('EACCES', 'EINTR', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'ENOMEM', 'ENOSPC', 'EROFS'),
  close: named('EINTR', 'EIO'),
  read: named('EAGAIN', 'EINTR', 'EIO', 'SHORT'),
  write: [...named('EAGAIN', 'EINTR', 'EIO', 'ENOSPC', 'EPIPE', 'SHORT')],
  pread: named('EINTR', 'EIO', 'SHORT'),
  pwrite: [...named('EFBIG', 'EINTR', 'EIO', 'ENOSPC', 'EROFS', 'SHORT'), EDQUOT],
  sync: [...named('EIO', 'ENOSPC'), EDQUOT],
  truncate: named('EFBIG', 'EINTR', 'EIO', 'EROFS'),
  stat: named('EACCES', 'EIO', 'ENOENT', 'ENOMEM'),
  fcntl: named('EAGAIN', 'EINTR', 'EIO', 'ENOLCK'),
  unlink: named('EACCES', 'EIO', 'EROFS'),
  mkdtemp: named('EACCES', 'ENOSPC', 'EROFS'),
  flock: named('EINTR', 'ENOLCK', 'EWOULDBLOCK'),
  opendir: named('EACCES', 'EMFILE', 'ENFILE', 'ENOMEM'),
  fopen: named('EACCES', 'EMFILE', 'ENOENT', 'ENOMEM'),
  mmap: named('EAGAIN', 'EMFILE', 'ENOMEM'),
  socket: named('EACCES', 'EAFNOSUPPORT', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'),
  bind: named('EACCES', 'EADDRINUSE', 'EADDRNOTAVAIL', 'ENOMEM'),
  listen: named('EADDRINUSE'),
  accept: named('EAGAIN', 'ECONNABORTED', 'EINTR', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EPERM', 'EPROTO'),
  connect: named('EACCES', 'EADDRNOTAVAIL', 'ECONNREFUSED', 'EINTR', 'ENETUNREACH', 'EPERM', 'ETIMEDOUT'),
  recv: named('ECONNRESET', 'EINTR', 'ENOMEM', 'ETIMEDOUT'),
  send: named('ECONNRESET', 'EINTR', 'ENOBUFS', 'ENOMEM', 'EPIPE'),
  sockopt: named('EINVAL', 'ENOBUFS', 'ENOMEM', 'ENOPROTOOPT'),
  sockname: named('ENOBUFS'),
  resolve: [['EAI_AGAIN', -3], ['EAI_FAIL', -4], ['EAI_MEMORY', -10], ['EAI_NONAME', -2]],
  epoll_create: named('EMFILE', 'ENFILE', 'ENOMEM'),
  epoll_add: named('ENOMEM', 'ENOSPC'),
  epoll_wait: named('EINTR'),
  poll: named('EINTR', 'ENOMEM'),
  eventfd: named('EMFILE', 'ENFILE', 'ENOMEM'),
  pipe: named('EMFILE', 'ENFILE'),
  signalfd: named('EMFILE', 'ENFILE', 'ENOMEM'),
  prctl: named('EINVAL', 'EPERM'),
  rlimit: named('EINVAL', 'EPERM'),
  thread: named('EAGAIN'),
  random: named('EINTR', 'ENOSYS'),
};
