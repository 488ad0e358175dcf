/* GMime's g_mime_init() names every type that it has, and with them GnuPG, S/MIME and GIO; GObject names regular
   expressions. The server uses values of headers alone. Defined here, what it never calls stays out of the static
   program, or need not exist as an archive. */
#include <stddef.h>

void g_mime_charset_map_init(void);
void g_mime_format_options_init(void);
void g_mime_parser_options_init(void);

void g_mime_init(void) {
  g_mime_format_options_init();
  g_mime_parser_options_init();
  g_mime_charset_map_init();
}

void* g_regex_ref(void* regex) { return regex; }
void g_regex_unref(void* regex) { (void)regex; }
void* g_match_info_ref(void* info) { return info; }
void g_match_info_unref(void* info) { (void)info; }

/* Names of domains in other alphabets: of addresses, which GMime is not asked for. */
int idn2_to_ascii_8z(const char* input, char** output, int flags) {
  (void)input;
  (void)output;
  (void)flags;
  return -1;
}
void idn2_free(void* memory) { (void)memory; }
