// Mail against smtp-double in a container: go get github.com/testcontainers/testcontainers-go; go test
package mail

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

// server is the container, as tests speak with it.
type server struct {
	smtp, api string
}

func start(t *testing.T) server {
	t.Helper()
	ctx := context.Background()
	container, err := testcontainers.Run(ctx, "smtp-double:latest",
		testcontainers.WithExposedPorts("1025/tcp", "8025/tcp"),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/readyz").WithPort("8025/tcp")))
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	smtp, err := container.PortEndpoint(ctx, "1025/tcp", "")
	if err != nil {
		t.Fatal(err)
	}
	admin, err := container.PortEndpoint(ctx, "8025/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	return server{smtp: smtp, api: admin + "/v1/doubles/main/"}
}

// ask posts to the admin API. What it refuses, or did not find as expected, fails the test with its own words.
func (s server) ask(t *testing.T, what, question string) string {
	t.Helper()
	answer, err := http.Post(s.api+what, "application/json", strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode >= 300 {
		t.Fatalf("%s: %s", what, text)
	}
	return string(text)
}

// send is your application.
func (s server) send(recipient string) error {
	message := "Subject: Your parcel\r\n\r\nIt is on its way.\r\n"
	return smtp.SendMail(s.smtp, nil, "shop@example.org", []string{recipient}, []byte(message))
}

func TestMail(t *testing.T) {
	server := start(t)

	t.Run("arrives", func(t *testing.T) {
		server.ask(t, "reset", "")
		if err := server.send("ann@example.com"); err != nil {
			t.Fatal(err)
		}
		found := server.ask(t, "wait", `{"for": "messages", "where": {"recipient": "ann@example.com"}}`)
		if !strings.Contains(found, `"subject":"Your parcel"`) {
			t.Fatal(found)
		}
	})

	t.Run("a full mailbox is reported", func(t *testing.T) {
		server.ask(t, "reset", "")
		server.ask(t, "rules", `{"name": "no room", "at": "rcpt", "when": {"recipient": "full@*"},
			"reply": "452 4.2.2 Mailbox full"}`)
		var refused *textproto.Error
		if err := server.send("full@example.com"); !errors.As(err, &refused) || refused.Code != 452 {
			t.Fatalf("not refused with 452: %v", err)
		}
		server.ask(t, "verify", `{"messages": 0, "hits": {"no room": 1}}`)
	})
}
