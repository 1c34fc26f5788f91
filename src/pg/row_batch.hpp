// Rows that are written together to one of the extension's own tables.
#pragma once

#include "pg/own_rows.hpp"

namespace leadscore::pg {

/// To be made and finished in the same memory context. No trigger fires and no constraint is checked but unique
/// indexes.
class RowBatch {
 public:
  static constexpr int kMost = 256;

  explicit RowBatch(const char* table)
      : relation_(open_own_table(table, RowExclusiveLock)), indexes_(CatalogOpenIndexes(relation_)) {}

  [[nodiscard]] TupleDesc type() const { return RelationGetDescr(relation_); }

  /// The row stays the caller's, and must last until it is written.
  void add(HeapTuple row) {
    if (slots_[count_] == nullptr) {
      MemoryContext const caller = MemoryContextSwitchTo(context_);  // of which the rows need not be
      slots_[count_] = MakeSingleTupleTableSlot(type(), &TTSOpsHeapTuple);
      MemoryContextSwitchTo(caller);
    }
    ExecStoreHeapTuple(row, slots_[count_], false);
    if (++count_ == kMost) {
      write();
    }
  }

  /// Writes the rows that were added and have not been written yet.
  void write() {
    if (count_ > 0) {
      heap_multi_insert(relation_, slots_, count_, GetCurrentCommandId(true), 0, nullptr);
    }
    for (int i = 0; i < count_; ++i) {
      add_to_indexes(slots_[i]);
      ExecClearTuple(slots_[i]);
    }
    count_ = 0;
  }

  void finish() {
    write();
    for (TupleTableSlot* slot : slots_) {
      if (slot != nullptr) {
        ExecDropSingleTupleTableSlot(slot);
      }
    }
    CatalogCloseIndexes(indexes_);
    table_close(relation_, NoLock);
  }

 private:
  // As CatalogTuplesMultiInsertWithInfo() does, which makes a slot for each row and each index.
  void add_to_indexes(TupleTableSlot* row) {
    for (int i = 0; i < indexes_->ri_NumIndices; ++i) {
      IndexInfo* const info = indexes_->ri_IndexRelationInfo[i];
      Relation const index = indexes_->ri_IndexRelationDescs[i];
      if (info->ii_Expressions != NIL || info->ii_Predicate != NIL) {
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("index \"%s\" of table \"leadscore.%s\" has expressions or a condition",
                               RelationGetRelationName(index), RelationGetRelationName(relation_)),
                        errhint("The extension writes no such index. Drop it.")));
      }
      if (info->ii_ReadyForInserts) {
        Datum values[INDEX_MAX_KEYS];
        bool nulls[INDEX_MAX_KEYS];
        FormIndexDatum(info, row, nullptr, values, nulls);
        // The slot knows the place also of a long row, of which PostgreSQL has written a copy.
        index_insert(index, values, nulls, &row->tts_tid, relation_,
                     index->rd_index->indisunique ? UNIQUE_CHECK_YES : UNIQUE_CHECK_NO, false, info);
      }
    }
  }

  MemoryContext context_ = CurrentMemoryContext;
  Relation relation_;
  CatalogIndexState indexes_;
  TupleTableSlot* slots_[kMost] = {};
  int count_ = 0;
};
static_assert(std::is_trivially_destructible_v<RowBatch>);

}  // namespace leadscore::pg
