/**
 * Loaded into every process of the product: when the launcher is gone, however it died, the process ends too instead of
 * living on unsupervised with its port and its database connections.
 */
if (process.send) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), 4000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // Listening for that must not keep a process alive that has nothing left to do.
  process.channel?.unref();
}
