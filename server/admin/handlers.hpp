#pragma once

#include "admin/http.hpp"
#include "admin/router.hpp"

// What answers each route. The contract is openapi.json.

namespace smtp_double::handlers {

// The process: process_api.cpp
HttpResponse get_alive(const ApiCall& call);
HttpResponse get_ready(const ApiCall& call);
HttpResponse get_version(const ApiCall& call);
HttpResponse get_metrics(const ApiCall& call);
HttpResponse get_openapi(const ApiCall& call);
HttpResponse get_page(const ApiCall& call);
HttpResponse get_page_file(const ApiCall& call);

// What is known: knowledge_api.cpp
HttpResponse get_explanation(const ApiCall& call);
HttpResponse get_stages(const ApiCall& call);
HttpResponse get_library(const ApiCall& call);
HttpResponse get_library_scenario(const ApiCall& call);

// doubles_api.cpp
HttpResponse get_doubles(const ApiCall& call);
HttpResponse post_double(const ApiCall& call);
HttpResponse get_double(const ApiCall& call);
HttpResponse delete_double(const ApiCall& call);

// scenario_api.cpp, rules_api.cpp, progress_api.cpp
HttpResponse get_scenario(const ApiCall& call);
HttpResponse put_scenario(const ApiCall& call);
HttpResponse get_rules(const ApiCall& call);
HttpResponse post_rules(const ApiCall& call);
HttpResponse get_rule(const ApiCall& call);
HttpResponse put_rule(const ApiCall& call);
HttpResponse delete_rule(const ApiCall& call);
HttpResponse get_state(const ApiCall& call);
HttpResponse put_state(const ApiCall& call);
HttpResponse get_clock(const ApiCall& call);
HttpResponse post_clock(const ApiCall& call);
HttpResponse post_reset(const ApiCall& call);

// sessions_api.cpp, messages_api.cpp
HttpResponse get_sessions(const ApiCall& call);
HttpResponse delete_sessions(const ApiCall& call);
HttpResponse get_session(const ApiCall& call);
HttpResponse get_transcript(const ApiCall& call);
HttpResponse get_unmatched(const ApiCall& call);
HttpResponse get_messages(const ApiCall& call);
HttpResponse delete_messages(const ApiCall& call);
HttpResponse get_message(const ApiCall& call);
HttpResponse get_raw_message(const ApiCall& call);
HttpResponse get_message_html(const ApiCall& call);
HttpResponse get_message_part(const ApiCall& call);
HttpResponse get_deliveries(const ApiCall& call);

// events_api.cpp, wait_api.cpp, verify_api.cpp
HttpResponse get_events(const ApiCall& call);
HttpResponse post_wait(const ApiCall& call);
HttpResponse post_verify(const ApiCall& call);

}  // namespace smtp_double::handlers
