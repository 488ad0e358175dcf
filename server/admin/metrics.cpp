#include "admin/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <utility>

#include "journal/counters.hpp"

namespace smtp_double {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double as_number(std::uint64_t value) { return static_cast<double>(value); }

/// One family, to which each double adds its metrics.
class Family {
 public:
  Family(MetricType type, std::string name, std::string help) : family_{std::move(name), std::move(help), type, {}} {}

  void add(Labels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    family_.type == MetricType::Counter ? metric.counter.value = value : metric.gauge.value = value;
    family_.metric.push_back(std::move(metric));
  }

  // `unit`: how many of what was counted are one of what is told.
  template <std::size_t Bounds>
  void add(Labels labels, const Distribution<Bounds>& counted, double unit) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < Bounds; ++i) {
      sum += counted.bucket(i);
      metric.histogram.bucket.push_back({sum, as_number(counted.bounds()[i]) / unit});
    }
    sum += counted.bucket(Bounds);
    metric.histogram.bucket.push_back({sum, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = sum;
    metric.histogram.sample_sum = as_number(counted.sum()) / unit;
    family_.metric.push_back(std::move(metric));
  }

  MetricFamily take() { return std::move(family_); }

 private:
  MetricFamily family_;
};

constexpr double octets = 1;
constexpr double microseconds_in_a_second = 1e6;

std::string class_name(std::size_t reply_class) {
  return reply_class == 0 ? "none" : std::to_string(reply_class) + "xx";
}

class Metrics {
 public:
  void add(const HostedDouble& hosted) {
    const Double& served = *hosted.served;
    const Counters& counted = served.journal.counters();
    const ClientMetric::Label of{"double", hosted.name};
    sessions_.add({of}, as_number(counted.sessions()));
    open_.add({of}, as_number(served.connections.load()));
    octets_.add({of, {"direction", "in"}}, as_number(counted.octets_received()));
    octets_.add({of, {"direction", "out"}}, as_number(counted.octets_sent()));
    messages_.add({of}, as_number(served.mailbox.accepted()));
    sizes_.add({of}, counted.message_sizes(), octets);
    delays_.add({of, {"of", "asked"}}, counted.delays_asked(), microseconds_in_a_second);
    delays_.add({of, {"of", "measured"}}, counted.delays_measured(), microseconds_in_a_second);
    handshakes_.add({of, {"result", "up"}}, as_number(counted.handshakes()));
    handshakes_.add({of, {"result", "failed"}}, as_number(counted.failed_handshakes()));
    evictions_.add({of, {"from", "journal"}}, as_number(served.journal.evicted()));
    evictions_.add({of, {"from", "mailbox"}}, as_number(served.mailbox.evicted()));
    evictions_.add({of, {"from", "keys"}}, as_number(served.served()->progress.forgotten()));
    mailbox_octets_.add({of}, as_number(served.mailbox.octets()));
    add_replies(of, counted);
    add_ends(of, counted);
    add_hits(of, *served.served());
  }

  void add(const std::vector<LoopLag>& loops) {
    for (std::size_t i = 0; i < loops.size(); ++i) {
      const ClientMetric::Label of{"loop", std::to_string(i)};
      lag_.add({of, {"of", "last"}}, static_cast<double>(loops[i].last.count()) / microseconds_in_a_second);
      lag_.add({of, {"of", "most"}}, static_cast<double>(loops[i].most.count()) / microseconds_in_a_second);
    }
  }

  void add_version(std::string_view version) { build_.add({{"version", std::string(version)}}, 1); }

  std::string text() {
    std::vector<MetricFamily> all;
    for (Family* family : {&build_, &sessions_, &open_, &ends_, &replies_, &hits_, &octets_, &messages_, &sizes_,
                           &delays_, &handshakes_, &evictions_, &mailbox_octets_, &lag_}) {
      all.push_back(family->take());
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, all);
    return std::move(out).str();
  }

 private:
  void add_replies(const ClientMetric::Label& of, const Counters& counted) {
    for (std::size_t stage = 0; stage < stage_count; ++stage) {
      for (std::size_t reply_class = 0; reply_class < Counters::reply_classes; ++reply_class) {
        const std::uint64_t count = counted.replies(static_cast<Stage>(stage), reply_class);
        if (count == 0) continue;  // most never are
        const std::string word(name(static_cast<Stage>(stage)));
        replies_.add({of, {"stage", word}, {"class", class_name(reply_class)}}, as_number(count));
      }
    }
  }

  void add_ends(const ClientMetric::Label& of, const Counters& counted) {
    for (std::size_t i = 0; i < end_cause_count; ++i) {
      const auto cause = static_cast<EndCause>(i);
      ends_.add({of, {"end", std::string(name(cause))}}, as_number(counted.ended(cause)));
    }
  }

  void add_hits(const ClientMetric::Label& of, const ServedScenario& served) {
    const auto& rules = served.scenario->rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      hits_.add({of, {"rule", rules[i].name}}, as_number(served.progress.hits(i)));
    }
  }

  Family build_{MetricType::Gauge, "smtp_double_build_info", "1, with the version as a label"};
  Family sessions_{MetricType::Counter, "smtp_double_sessions_total", "Sessions begun: one for each connection"};
  Family open_{MetricType::Gauge, "smtp_double_connections", "Connections that are open"};
  Family ends_{MetricType::Counter, "smtp_double_connection_ends_total",
               "Connections that are over, by how they ended"};
  Family replies_{MetricType::Counter, "smtp_double_replies_total",
                  "Points where the server spoke, by stage and class of the reply; none: it sent nothing"};
  Family hits_{MetricType::Counter, "smtp_double_rule_hits_total", "Answers by each rule of the scenario"};
  Family octets_{MetricType::Counter, "smtp_double_octets_total", "Octets of connections that are over"};
  Family messages_{MetricType::Counter, "smtp_double_messages_total", "Messages that went into the mailbox"};
  Family sizes_{MetricType::Histogram, "smtp_double_message_size_octets", "Sizes of messages, accepted or not"};
  Family delays_{MetricType::Histogram, "smtp_double_delay_seconds",
                 "Delays that rules asked for, and how long they really were"};
  Family handshakes_{MetricType::Counter, "smtp_double_tls_handshakes_total", "TLS handshakes, by how they went"};
  Family evictions_{MetricType::Counter, "smtp_double_evictions_total",
                    "What the bounds of journal, mailbox and counting keys have dropped"};
  Family mailbox_octets_{MetricType::Gauge, "smtp_double_mailbox_octets", "What the mailbox holds"};
  Family lag_{MetricType::Gauge, "smtp_double_event_loop_lag_seconds",
              "How late the event loops came to a timer: the last one, and the latest since the scrape before"};
};

}  // namespace

std::string metrics_text(const std::vector<HostedDouble>& doubles, const std::vector<LoopLag>& loops,
                         std::string_view version) {
  Metrics metrics;
  metrics.add_version(version);
  for (const HostedDouble& hosted : doubles) metrics.add(hosted);
  metrics.add(loops);
  return metrics.text();
}

}  // namespace smtp_double
