#include "core/contact/company.hpp"

#include <cstddef>
#include <span>

#include "core/contact/company_words.hpp"
#include "core/contact/legal_forms.hpp"
#include "core/contact/skeleton.hpp"
#include "core/contact/translit.hpp"
#include "core/contact/words.hpp"

namespace leadscore::contact {

namespace {

// What is left of the words when legal forms, and the & between them, are gone.
std::span<const Word> without_legal_forms(Words& words, StopToken& stop) {
  std::span<const Word> list = words.list();
  while (!list.empty()) {
    stop.check();
    if (list.front().is_sign) {
      // "& Co. KG" is a form that begins with it.
      const std::size_t form = legal_form_at_end(words, list);
      list = list.subspan(form == list.size() ? form : 1);
      continue;
    }
    if (list.back().is_sign) {
      list = list.first(list.size() - 1);
      continue;
    }
    // A form beside an & belongs to the name: Tiffany & Co.
    if (const std::size_t end = legal_form_at_end(words, list);
        end > 0 && (end == list.size() || !list[list.size() - end - 1].is_sign)) {
      list = list.first(list.size() - end);
      continue;
    }
    if (const std::size_t front = legal_form_at_front(words, list);
        front > 0 && (front == list.size() || !list[front].is_sign)) {
      list = list.subspan(front);
      continue;
    }
    break;
  }
  return list;
}

}  // namespace

void company_normalize(std::string_view company, std::pmr::string& out, StopToken& stop) {
  WordMemory memory(company.size(), out.get_allocator().resource());
  Words words(memory.resource());
  read_company_words(company, words, stop);
  append_words(words, without_legal_forms(words, stop), out, stop);
}

void company_key(std::string_view company, std::pmr::string& out, StopToken& stop) {
  WordMemory memory(company.size(), out.get_allocator().resource());
  Words words(memory.resource());
  read_company_words(company, words, stop);
  if (words.has_other_script()) {
    std::pmr::string normal(memory.resource());
    std::pmr::string latin(memory.resource());
    append_words(words, without_legal_forms(words, stop), normal, stop);
    translit(normal, latin, stop);
    read_company_words(latin, words, stop);
  }
  SkeletonWriter writer(memory.resource());
  std::pmr::string skeleton(memory.resource());
  const std::size_t begin = out.size();
  for (const Word& word : without_legal_forms(words, stop)) {
    stop.check();
    const std::size_t before = out.size();
    if (before != begin) {
      out.push_back(' ');
    }
    const std::size_t start = out.size();
    skeleton.clear();
    writer.append(words.text(word), skeleton, stop);
    append_phonetic_key(skeleton, out);
    for (const char c : words.text(word)) {
      if (c >= '0' && c <= '9') {
        out.push_back(c);
      }
    }
    if (out.size() == start) {
      out.resize(before);
    }
  }
}

}  // namespace leadscore::contact
