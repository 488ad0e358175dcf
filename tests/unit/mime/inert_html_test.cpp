#include "mime/inert_html.hpp"

#include "support/catch.hpp"

using namespace smtp_double;

namespace {

std::optional<InlineImage> images(std::string_view content_id) {
  if (content_id == "a@b") return InlineImage{"image/png", "png!"};
  if (content_id == "large") return InlineImage{"image/png", std::string(600, 'x')};
  if (content_id == "odd") return InlineImage{"image/png\";alert", "x"};
  return std::nullopt;
}

// Without what is put in front.
std::string inert(std::string_view html, const HtmlLimits& limits = {}) {
  const std::string front = inert_html("", images);
  const std::string all = inert_html(html, images, limits);
  return all.starts_with(front) ? all.substr(front.size()) : "not in front: " + all;
}

}  // namespace

TEST_CASE("inert HTML begins with its policy") {
  const std::string front = inert_html("", images);
  CHECK(front.starts_with("<!doctype html><meta charset=\"utf-8\">"));
  CHECK(front.find("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"") != std::string::npos);
}

TEST_CASE("ordinary HTML stays as it is") {
  const std::string html =
      "<html><body bgcolor=\"#fff\"><table width=\"100%\"><tr><td style=\"color: red\">a &amp; b &lt; "
      "c</td></tr></table>"
      "<p class=\"x\">text<br>more</p><a href=\"https://example.com/?a=1&amp;b=2\">link</a></body></html>";
  CHECK(inert(html) == html);
}

TEST_CASE("scripts go, with what is in them") {
  CHECK(inert("a<script>if (a<b) x('</p>')</script>b") == "ab");
  CHECK(inert("a<SCRIPT src=x></sCRIPT >b") == "ab");
  CHECK(inert("a<script>alert(1)") == "a");
  CHECK(inert("a<script/x>alert(1)</scripty></script/>b") == "ab");
  CHECK(inert("<p onclick=\"x()\" OnLoad=y id=z>") == "<p id=\"z\">");
  CHECK(inert("<a href=\"javascript:x()\">a</a>") == "<a>a</a>");
  CHECK(inert("<a href=\" java\nscript:x()\">a</a>") == "<a>a</a>");
  CHECK(inert("<a href=\"&#106;avascript:x()\">a</a>") == "<a>a</a>");
  CHECK(inert("<a href=\"data:text/html,x\">a</a>") == "<a>a</a>");
}

TEST_CASE("what would be fetched is not, and its address is kept") {
  CHECK(inert("<img src=\"http://x.test/a.png\" alt=\"a\">") == "<img data-src=\"http://x.test/a.png\" alt=\"a\">");
  CHECK(inert("<td background=//x.test/a>") == "<td data-background=\"//x.test/a\">");
  CHECK(inert("<img srcset=\"a 1x, b 2x\">") == "<img>");
  CHECK(inert("<img src=\"data:text/html,x\">") == "<img data-src=\"data:text/html,x\">");
  CHECK(inert("<link rel=stylesheet href=http://x.test/a.css><meta http-equiv=refresh content='0;url=http://x'>") ==
        "");
  CHECK(inert("<base href=http://x.test/><iframe src=x>a<b></iframe><object data=x>c</object><embed src=x>") == "c");
  CHECK(inert("<form action=http://x.test/><input type=image src=y><button>b</button></form>") == "b");
  CHECK(inert("<video src=x poster=y></video><svg><image href=x /></svg>") == "<image>");
}

TEST_CASE("pictures that came with the message stand in it") {
  CHECK(inert("<img src=\"cid:a@b\">") == "<img src=\"data:image/png;base64,cG5nIQ==\">");
  CHECK(inert("<img src=CID:a%40b>") == "<img src=\"data:image/png;base64,cG5nIQ==\">");
  CHECK(inert("<td style='background: url(\"cid:a@b\")'>") ==
        "<td style=\"background: url(&quot;data:image/png;base64,cG5nIQ==&quot;)\">");
  CHECK(inert("<style>p { background: url(cid:a@b) }</style>") ==
        "<style>p { background: url(data:image/png;base64,cG5nIQ==) }</style>");
  CHECK(inert("<img src=\"data:image/gif;base64,R0lG\">") == "<img src=\"data:image/gif;base64,R0lG\">");
  CHECK(inert("<img src=cid:none>") == "<img data-src=\"cid:none\">");
  CHECK(inert("<img src=cid:odd>") == "<img data-src=\"cid:odd\">");
}

TEST_CASE("pictures are bounded together") {
  const HtmlLimits limits{.octets = 10'000, .image_octets = 2000};
  const std::string html = inert("<img src=cid:large><img src=cid:large><img src=cid:large>", limits);
  CHECK(html.ends_with("<img data-src=\"cid:large\">"));
  CHECK(html.size() > 1600);
  CHECK(html.size() < 2000);
}

TEST_CASE("no text becomes a tag, and no value ends early") {
  CHECK(inert("1 < 2 <3 <") == "1 &lt; 2 &lt;3 &lt;");
  CHECK(inert("<p title='\"><b>'>") == "<p title=\"&quot;>&lt;b>\">");
  CHECK(inert("<p title=a\"b>") == "<p title=\"a&quot;b\">");
  CHECK(inert("<p =x y==z>") == "<p y=\"=z\">");
  CHECK(inert("a<p title=\"x") == "a");
  CHECK(inert("<style><img src=x onerror=y></style>") == "<style>\\3c img src=x onerror=y></style>");
  CHECK(inert("<style><!-- p {} --></style>") == "<style> p {} --></style>");
  CHECK(inert("<o:p>x</o:p><math><mi>y</mi></math>") == "x<mi>y</mi>");
}

TEST_CASE("comments and their like show nothing") {
  CHECK(inert("a<!-- <b> -->b<!-->c<!--->d<!doctype html>e<?xml ?>f</ g>h<!-- x --!>i") == "abcdefhi");
  CHECK(inert("a<!--[if mso]><script>x</script><![endif]-->b<![if !mso]>c<![endif]>") == "abc");
  CHECK(inert("a<!-- b") == "a");
}

TEST_CASE("titles and text fields take no part") {
  CHECK(inert("<title><b></title>a<textarea><b></textarea>b<xmp><i></xmp>c") == "abc");
  CHECK(inert("<noscript><b>x</b></noscript>") == "<b>x</b>");
}

TEST_CASE("hostile HTML takes linear time and bounded room") {
  for (const std::string_view piece :
       {"<", "<!--", "<!----!>", "<a", "<a b=", "<a a1 a2 a3", "</", "<script>", "<style>", "<style></style>",
        "url(cid:", "<p style=\"url(cid:a@b)\">", "&", "\"", "<a>"}) {
    std::string html;
    for (int i = 0; i < 400'000; ++i) html += piece;
    CHECK(inert_html(html, images, {.octets = 4'000'000}).size() < 40'000'000);
    CHECK(inert_html("<x " + html, images, {.octets = 4'000'000}).size() < 40'000'000);
  }
}
