#include "pg/text_transform.hpp"

#include "core/checked_math.hpp"
#include "core/error.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

varlena* transformed_text(std::string_view text, TextTransform make, MemoryContext context) {
  constexpr std::size_t kUsual = 512;
  std::byte buffer[kUsual];
  ContextResource beyond(context);
  std::pmr::monotonic_buffer_resource memory(buffer, kUsual, &beyond);
  std::pmr::string out(&memory);
  out.reserve(kUsual / 2);
  StopToken stop = stop_token();
  make(text, out, stop);
  const std::size_t size = checked_add(out.size(), VARHDRSZ);
  if (!AllocSizeIsValid(size)) {
    throw Error(ErrorCode::limit_exceeded, "the result is too long");
  }
  auto* const result = static_cast<varlena*>(allocate_in_context(context, size));
  SET_VARSIZE(result, size);
  std::memcpy(VARDATA(result), out.data(), out.size());
  return result;
}

}  // namespace leadscore::pg
