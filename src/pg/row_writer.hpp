// Writes a row of numbers and texts at one go: what heap_form_tuple() does for rows of any type takes several times as
// long.
#pragma once

#include "pg/postgres.hpp"

namespace leadscore::pg {

/// Texts that are to become a text[], none of them NULL, and how large that is.
class TextList {
 public:
  static constexpr int kMost = 5;

  /// To be called kMost times or less. The text has a header of four bytes and stays where it is.
  void add(const text* text) {
    texts_[count_++] = text;
    size_ += INTALIGN(VARSIZE(text));
  }

  [[nodiscard]] Size array_size() const { return count_ == 0 ? sizeof(ArrayType) : ARR_OVERHEAD_NONULLS(1) + size_; }

  /// Writes the array, as construct_array() makes it, to a place that is aligned for it.
  void write_array(char* place) const {
    auto* const array = reinterpret_cast<ArrayType*>(place);
    SET_VARSIZE(array, array_size());
    array->ndim = count_ == 0 ? 0 : 1;
    array->dataoffset = 0;
    array->elemtype = TEXTOID;
    if (count_ == 0) {
      return;
    }
    ARR_DIMS(array)[0] = count_;
    ARR_LBOUND(array)[0] = 1;
    char* end = ARR_DATA_PTR(array);
    for (int i = 0; i < count_; ++i) {
      const Size size = VARSIZE(texts_[i]);
      const Size padded = INTALIGN(size);
      memset(end + padded - sizeof(int32), 0, sizeof(int32));
      memcpy(end, texts_[i], size);
      end += padded;
    }
  }

 private:
  const text* texts_[kMost];
  int count_ = 0;
  Size size_ = 0;
};

/// A row of one type, column by column in their order. Of the type it knows what PostgreSQL has written into the header
/// of another row, however it identifies types.
class RowWriter {
 public:
  /// A row of the type to take the header from: all its columns are NULL. In the current context.
  static HeapTupleHeader make_header(TupleDesc type, int columns) {
    auto* values = static_cast<Datum*>(palloc0(sizeof(Datum) * static_cast<Size>(columns)));
    auto* nulls = static_cast<bool*>(palloc(sizeof(bool) * static_cast<Size>(columns)));
    memset(nulls, true, sizeof(bool) * static_cast<Size>(columns));
    HeapTupleHeader const header = heap_form_tuple(type, values, nulls)->t_data;
    pfree(values);
    pfree(nulls);
    return header;
  }

  /// Takes memory in the current context, for data of `most` bytes or less without what alignment adds.
  RowWriter(const HeapTupleHeaderData* header, Size most) {
    const auto columns = static_cast<Size>(HeapTupleHeaderGetNatts(header));
    row_ = static_cast<HeapTupleHeader>(palloc(header->t_hoff + most + columns * sizeof(double)));
    memcpy(row_, header, header->t_hoff);
    end_ = reinterpret_cast<char*>(row_) + header->t_hoff;
  }

  void add_null() { ++column_; }
  void add_number(double number) {
    add_column();
    align(sizeof(double));
    memcpy(end_, &number, sizeof number);
    end_ += sizeof number;
  }
  /// A text or an array that is not compressed and not stored elsewhere. Its header is shortened where it can be.
  void add_varlena(const varlena* value) {
    add_column();
    row_->t_infomask |= HEAP_HASVARWIDTH;
    if (VARATT_CAN_MAKE_SHORT(value)) {
      const Size size = VARATT_CONVERTED_SHORT_SIZE(value);
      SET_VARSIZE_SHORT(end_, size);
      memcpy(end_ + 1, VARDATA(value), size - 1);
      end_ += size;
    } else {
      const Size size = VARSIZE(value);
      align(sizeof(int32));
      memcpy(end_, value, size);
      end_ += size;
    }
  }
  void add_array(const TextList& texts) {
    add_column();
    row_->t_infomask |= HEAP_HASVARWIDTH;
    align(sizeof(int32));
    texts.write_array(end_);
    end_ += texts.array_size();
  }

  /// The row as a value, once it has all columns.
  [[nodiscard]] Datum finish() {
    HeapTupleHeaderSetDatumLength(row_, static_cast<uint32>(end_ - reinterpret_cast<char*>(row_)));
    return PointerGetDatum(row_);
  }

 private:
  // All are NULL until they are added. A map of NULLs may well say that there are none.
  void add_column() {
    row_->t_bits[column_ / BITS_PER_BYTE] |= static_cast<bits8>(1U << (column_ % BITS_PER_BYTE));
    ++column_;
  }
  // What lies between is zero: by that a reader knows that no short header stands there.
  void align(Size alignment) {
    while (reinterpret_cast<std::uintptr_t>(end_) % alignment != 0) {
      *end_++ = '\0';
    }
  }

  HeapTupleHeader row_;
  char* end_;
  int column_ = 0;
};

}  // namespace leadscore::pg
