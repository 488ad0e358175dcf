/* What GMime's initialisation names and the server never calls: GnuPG, S/MIME, GIO's streams, and names of domains in
   other alphabets. Defined here, their archives stay out of the static program, or need not exist. */
#include <stddef.h>

size_t g_mime_gpg_context_get_type(void) { return 0; }
size_t g_mime_pkcs7_context_get_type(void) { return 0; }
size_t g_mime_stream_gio_get_type(void) { return 0; }
void* g_mime_gpg_context_new(void) { return NULL; }
void* g_mime_pkcs7_context_new(void) { return NULL; }
const char* gpgme_check_version_internal(const char* wanted, size_t offset) {
  (void)wanted;
  (void)offset;
  return NULL;
}
int idn2_to_ascii_8z(const char* input, char** output, int flags) {
  (void)input;
  (void)output;
  (void)flags;
  return -1;
}
int idn2_to_unicode_8z8z(const char* input, char** output, int flags) { return idn2_to_ascii_8z(input, output, flags); }
void idn2_free(void* memory) { (void)memory; }
