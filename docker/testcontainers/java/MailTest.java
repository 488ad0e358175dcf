// Mail against smtp-double in a container. Dependencies: org.testcontainers:testcontainers-junit-jupiter (2.x),
// org.junit.jupiter:junit-jupiter, org.eclipse.angus:jakarta.mail (2.x).
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class MailTest {
  private static final int SMTP = 1025;
  private static final int ADMIN = 8025;

  @Container
  private static final GenericContainer<?> SERVER =
      new GenericContainer<>("smtp-double:latest")
          .withExposedPorts(SMTP, ADMIN)
          .waitingFor(Wait.forHttp("/readyz").forPort(ADMIN));

  @BeforeEach
  void reset() throws Exception {
    ask("reset", "");
  }

  @Test
  void aMailArrives() throws Exception {
    send("ann@example.com");
    String found = ask("wait", "{\"for\": \"messages\", \"where\": {\"recipient\": \"ann@example.com\"}}");
    assertTrue(found.contains("\"subject\":\"Your parcel\""), found);
  }

  @Test
  void aFullMailboxIsReported() throws Exception {
    ask("rules", "{\"name\": \"no room\", \"at\": \"rcpt\", \"when\": {\"recipient\": \"full@*\"}, "
        + "\"reply\": \"452 4.2.2 Mailbox full\"}");
    SendFailedException refused = assertThrows(SendFailedException.class, () -> send("full@example.com"));
    // The reply is that of the recipient, the next exception.
    assertTrue(refused.getNextException().getMessage().startsWith("452 4.2.2"), refused.toString());
    ask("verify", "{\"messages\": 0, \"hits\": {\"no room\": 1}}");
  }

  /** In place of this: your application. */
  private static void send(String recipient) throws MessagingException {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", SERVER.getHost());
    properties.put("mail.smtp.port", String.valueOf(SERVER.getMappedPort(SMTP)));
    MimeMessage message = new MimeMessage(Session.getInstance(properties));
    message.setFrom("shop@example.org");
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
    message.setSubject("Your parcel");
    message.setText("It is on its way.");
    Transport.send(message);
  }

  /** Posts to the admin API. What it refuses, or did not find as expected, fails the test with its own words. */
  private static String ask(String what, String question) throws IOException, InterruptedException {
    URI uri = URI.create(
        "http://" + SERVER.getHost() + ":" + SERVER.getMappedPort(ADMIN) + "/v1/doubles/main/" + what);
    HttpRequest request = HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(question))
        .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(2, answer.statusCode() / 100, answer.body());
    return answer.body();
  }
}
