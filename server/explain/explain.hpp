#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply.hpp"
#include "protocol/reply_catalogue.hpp"
#include "protocol/stage.hpp"

// `smtp-double explain`: what a reply code says, from the catalogue, as text for people or as JSON.

namespace smtp_double {

/// A question that makes sense. At least one member of the first three is there.
struct Explanation {
  std::optional<ReplyCode> code;
  std::optional<EnhancedCode> enhanced;
  std::vector<Stage> stages;       ///< with a code: what the code is there; alone: all codes of each
  std::vector<std::string> notes;  ///< what is odd about the question: classes that differ, a '-' …

  friend bool operator==(const Explanation&, const Explanation&) = default;
};

/// Reads a reply code ("550"), an enhanced code ("4.2.2"), both, a whole reply line ("550-5.1.1 No such user"), or what
/// was pasted from a log, of which it takes the first reply; `stage` is a word of scenarios or empty. The error is a
/// sentence that names what is accepted.
boost::system::result<Explanation, std::string> explain(std::string_view query, std::string_view stage);

/// A reply that has a place at a stage.
struct StageReply {
  ReplyCode code;
  Listing listing;
  std::string meaning;  ///< the code's name, or who uses it there and what for

  friend bool operator==(const StageReply&, const StageReply&) = default;
};

/// By code; nothing at `tls`, where no reply can be sent.
std::vector<StageReply> replies_at(Stage stage);

/// The reply codes that the registry puts beside an enhanced code, as far as they are of its class; a client ignores
/// the enhanced code beside others (RFC 2034 4).
std::vector<ReplyCode> goes_with(EnhancedCode code);

enum class Colour : std::uint8_t { Never, Always };

/// Lines of at most `width` columns (40 at least), as far as words allow.
std::string to_text(const Explanation& explanation, int width, Colour colour);

/// One line of JSON. Keys, each there only when asked for or known:
///   code        {value, name, status, in_grammar, digits: [{digit, name, meaning}], meaning, scope, client, server,
///               short_text, enhanced: [text], references: [text], other_verbs: [text],
///               stages: {rfc5321, other_rfc, field: [stage]}, in_use: [{who, meaning, on_wire}]}
///   enhanced    {value, name, match: exact|subject|class, class, subject, detail: {digit, name, meaning},
///               basic_codes: [number], references: [text], in_use: [{who, meaning}]}
///   stages      [{stage, meaning, replies: [{code, kind, listing, meaning}]}]; with a code
///               [{stage, meaning, listing, reply}], where reply is what the double sends for the bare code
///   notes       [text]
/// `kind` is success, intermediate, transient-failure or permanent-failure; `listing` is rfc5321, other_rfc, field or
/// nobody.
std::string to_json(const Explanation& explanation);

struct ExplainOptions {
  std::vector<std::string> query;  ///< the words of the command line
  std::string stage;               ///< of --stage; empty without it
  bool json = false;
  bool colour = false;
  int width = 80;  ///< columns
};

/// The exit status: 0, or 2 when the question makes no sense; `err` says why.
int run_explain(const ExplainOptions& options, std::ostream& out, std::ostream& err);

/// What the double sends at a stage when a scenario names just the code, e.g. "550 5.1.1 No such user here".
std::string example_reply(ReplyCode code, Stage stage);

}  // namespace smtp_double
