// The SQL functions over two texts: how alike they are, letter by letter.
#include "core/dedup/alphabet_texts.hpp"
#include "core/dedup/edit_distance.hpp"
#include "core/dedup/jaro.hpp"
#include "core/dedup/short_text.hpp"
#include "core/dedup/text_similarity.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"
#include "pg/utf8_text.hpp"

namespace leadscore::pg {

namespace {

struct Arguments {
  std::string_view a;
  std::string_view b;
};

Arguments text_arguments(FunctionCallInfo fcinfo) {
  constexpr std::size_t kLongestCharacter = 4;
  constexpr std::size_t kEnough = (dedup::kMostCodePoints + 1) * kLongestCharacter;  // to know that it is too long
  return {utf8_argument(fcinfo, 0, kEnough), utf8_argument(fcinfo, 1, kEnough)};
}

// What a function of the core says of two texts as code points: measure(a, b, memory, stop).
template <class Measure>
auto compare_points(const Arguments& texts, Measure measure) {
  MemoryContext const context = CurrentMemoryContext;
  return core_call([=] {
    ContextResource memory(context);
    const dedup::CodePoints points_a(texts.a, &memory);
    const dedup::CodePoints points_b(texts.b, &memory);
    StopToken stop = stop_token();
    return measure(points_a.get(), points_b.get(), &memory, stop);
  });
}

// The same by letters of one byte where the texts have such, which is much faster: measure_short(a, b). It must say
// what `measure` does.
template <class MeasureShort, class Measure>
auto compare(FunctionCallInfo fcinfo, MeasureShort measure_short, Measure measure) {
  const Arguments texts = text_arguments(fcinfo);
  const dedup::AlphabetTexts letters(texts.a, texts.b);
  static_assert(std::is_trivially_destructible_v<dedup::AlphabetTexts>);
  return letters.fit() ? measure_short(letters.a(), letters.b()) : compare_points(texts, measure);
}

// The most edits that the caller wants to know of.
std::size_t limit_argument(FunctionCallInfo fcinfo) {
  if (PG_NARGS() < 3) {
    return dedup::kNoLimit;
  }
  const int32 limit = PG_GETARG_INT32(2);
  if (limit < 0) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the limit of edits must not be negative")));
  }
  return static_cast<std::size_t>(limit);
}

using ShortDistance = std::size_t (*)(std::string_view a, std::string_view b, std::size_t limit) noexcept;
using Distance = std::size_t (*)(dedup::CodePointSpan a, dedup::CodePointSpan b, std::size_t limit,
                                 std::pmr::memory_resource* memory, StopToken& stop);

Datum distance(FunctionCallInfo fcinfo, ShortDistance measure_short, Distance measure) {
  const std::size_t limit = limit_argument(fcinfo);
  const std::size_t edits = compare(
      fcinfo, [=](std::string_view a, std::string_view b) { return measure_short(a, b, limit); },
      [=](auto a, auto b, std::pmr::memory_resource* memory, StopToken& stop) {
        return measure(a, b, limit, memory, stop);
      });
  PG_RETURN_INT32(static_cast<int32>(edits));
}

}  // namespace

}  // namespace leadscore::pg

namespace dedup = leadscore::dedup;
namespace pg = leadscore::pg;

LEADSCORE_FUNCTION(leadscore_levenshtein) { return pg::distance(fcinfo, dedup::short_levenshtein, dedup::levenshtein); }

LEADSCORE_FUNCTION(leadscore_osa) { return pg::distance(fcinfo, dedup::short_osa, dedup::osa); }

LEADSCORE_FUNCTION(leadscore_jaro) { PG_RETURN_FLOAT8(pg::compare(fcinfo, dedup::short_jaro, dedup::jaro)); }

LEADSCORE_FUNCTION(leadscore_jaro_winkler) {
  PG_RETURN_FLOAT8(pg::compare(fcinfo, dedup::short_jaro_winkler, dedup::jaro_winkler));
}

LEADSCORE_FUNCTION(leadscore_token_set_similarity) {
  PG_RETURN_FLOAT8(pg::compare_points(pg::text_arguments(fcinfo), dedup::token_set_similarity));
}

LEADSCORE_FUNCTION(leadscore_qgram_similarity) {
  const int32 q = PG_GETARG_INT32(2);
  PG_RETURN_FLOAT8(pg::compare_points(
      pg::text_arguments(fcinfo), [=](auto a, auto b, std::pmr::memory_resource* memory, leadscore::StopToken& stop) {
        return dedup::qgram_similarity(a, b, q < 0 ? 0 : static_cast<std::size_t>(q), memory, stop);
      }));
}
