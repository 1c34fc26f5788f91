#include "pg/event_file.hpp"

namespace leadscore::pg {

namespace {

// A place in files of which each has less than 4 GB.
constexpr int kOffsetBits = 32;

void seek(BufFile* file, std::uint64_t place) {
  constexpr std::uint64_t kOffsetMask = (std::uint64_t{1} << kOffsetBits) - 1;
  if (BufFileSeek(file, static_cast<int>(place >> kOffsetBits), static_cast<off_t>(place & kOffsetMask), SEEK_SET) !=
      0) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not find a place in a temporary file")));
  }
}

std::uint64_t place_of(BufFile* file) {
  int number = 0;
  off_t offset = 0;
  BufFileTell(file, &number, &offset);
  return static_cast<std::uint64_t>(number) << kOffsetBits | static_cast<std::uint64_t>(offset);
}

struct FileName {
  char text[32];
};

FileName name_of(int participant) {
  FileName name;
  snprintf(name.text, sizeof(name.text), "events_%d", participant);
  return name;
}

}  // namespace

std::uint64_t EventFile::write_bytes(std::span<const std::byte> bytes) {
  return pg_call([this, bytes] {
    if (own_ == nullptr) {
      MemoryContext const caller = MemoryContextSwitchTo(context_);
      own_ = is_of_set() ? BufFileCreateFileSet(set_, name_of(participant_).text) : BufFileCreateTemp(false);
      MemoryContextSwitchTo(caller);
    }
    const std::uint64_t place = end_;
    seek(own_, place);
    BufFileWrite(own_, const_cast<std::byte*>(bytes.data()), bytes.size());
    end_ = place_of(own_);
    return place;
  });
}

void EventFile::read_bytes(std::size_t file, std::uint64_t place, std::span<std::byte> bytes) {
  pg_call([=, this] {
    BufFile* const source = file == 0 ? own_ : others_[file - 1];
    seek(source, place);
    read_exactly(source, bytes.data(), bytes.size());
  });
}

void EventFile::publish() {
  BufFileExportFileSet(own_);
  close_own();
  end_ = 0;
  is_published_ = true;
}

void EventFile::open_other(int participant) {
  others_[participant] = BufFileOpenFileSet(set_, name_of(participant).text, O_RDONLY, false);
}

void EventFile::close_own() {
  if (own_ != nullptr) {
    BufFileClose(own_);
    own_ = nullptr;
  }
}

void EventFile::drop() {
  const bool is_to_delete = own_ != nullptr && is_of_set();
  close_own();
  if (is_to_delete) {
    BufFileDeleteFileSet(set_, name_of(participant_).text, false);
  }
}

void EventFile::close() {
  close_own();
  for (int i = 0; i < other_count_; ++i) {
    if (others_[i] != nullptr) {
      BufFileClose(others_[i]);
    }
  }
  other_count_ = 0;
}

}  // namespace leadscore::pg
