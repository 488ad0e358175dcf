#include "protocol/command_arguments.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

TEST_CASE("the argument of BDAT") {
  struct Row {
    const char* argument;
    std::optional<ChunkSize> chunk;
    std::optional<std::uint64_t> stated;
  };
  const std::nullopt_t none = std::nullopt;
  for (const Row& row : {Row{"86", ChunkSize{86, false}, 86},
                         {"0 LAST", ChunkSize{0, true}, 0},
                         {"1000 last", ChunkSize{1000, true}, 1000},
                         {" 5  LAST ", ChunkSize{5, true}, 5},
                         {"00000000000000000005", ChunkSize{5, false}, 5},
                         {"99999999999999999999", ChunkSize{UINT64_MAX, false}, UINT64_MAX},
                         {"5 LASt5", none, 5},
                         {"5 LAST LAST", none, 5},
                         {"5 6", none, 5},
                         {"000000000000000000005", none, none},
                         {"", none, none},
                         {"LAST", none, none},
                         {"-5", none, none},
                         {"+5", none, none},
                         {"5LAST", none, none},
                         {"5,LAST", none, none},
                         {"0x5", none, none}}) {
    CAPTURE(row.argument);
    CHECK((parse_chunk_size(row.argument) == row.chunk));
    CHECK(stated_chunk_size(row.argument) == row.stated);
  }
}

TEST_CASE("the argument of ETRN") {
  struct Row {
    const char* argument;
    std::optional<QueueName> queue;
  };
  const std::nullopt_t none = std::nullopt;
  for (const Row& row : {Row{"example.com", QueueName{QueueName::Kind::Host, "example.com"}},
                         {" example.com ", QueueName{QueueName::Kind::Host, "example.com"}},
                         {"[192.0.2.1]", QueueName{QueueName::Kind::Host, "[192.0.2.1]"}},
                         {"@example.com", QueueName{QueueName::Kind::Domain, "example.com"}},
                         {"#uunetq", QueueName{QueueName::Kind::Queue, "uunetq"}},
                         {"#@#", QueueName{QueueName::Kind::Queue, "@#"}},
                         {"", none},
                         {"@", none},
                         {"#", none},
                         {"@[192.0.2.1]", none},
                         {"@@example.com", none},
                         {"example..com", none},
                         {"a b", none},
                         {"#a b", none},
                         {"#\xC3\xBC", none},
                         {"#\x01", none}}) {
    CAPTURE(row.argument);
    CHECK((parse_queue_name(row.argument) == row.queue));
  }
}
