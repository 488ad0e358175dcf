import smtpDouble = require('smtp-double');

async function main(): Promise<void> {
  const server: smtpDouble.Server = await smtpDouble.startServer();
  const double: smtpDouble.Double = await server.double();
  const sessions: smtpDouble.Session[] = await double.waitForSessions({ outcome: 'refused', ended: null });
  console.log(sessions[0]?.worstCode, double.port + 1);
}
main();
