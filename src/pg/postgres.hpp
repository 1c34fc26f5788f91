// The one way to PostgreSQL's headers: what C++ needs around them, and the differences between versions.
#pragma once

// The standard library comes first: postgres.h redefines printf and its kin.
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

extern "C" {
#include "postgres.h"
// postgres.h must stand first, so the rest is not sorted into it.
#include "access/detoast.h"
#include "access/genam.h"
#include "access/heapam.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/multixact.h"
#include "access/parallel.h"
#include "access/relation.h"
#include "access/subtrans.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/index.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/objectaccess.h"
#include "catalog/partition.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_opfamily.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_ts_config.h"
#include "catalog/pg_ts_dict.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
#include "commands/sequence.h"
#include "commands/trigger.h"
#include "common/hmac.h"
#include "common/sha2.h"
#include "common/shortest_dec.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/extensible.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/placeholder.h"
#include "optimizer/planmain.h"
#include "optimizer/planner.h"
#include "optimizer/tlist.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_func.h"
#include "parser/parse_node.h"
#include "parser/parse_type.h"
#include "parser/parsetree.h"
#include "parser/parser.h"
#include "parser/scanner.h"
#include "pgtime.h"
#include "port/atomics.h"
#include "storage/barrier.h"
#include "storage/buffile.h"
#include "storage/bufmgr.h"
#include "storage/dsm.h"
#include "rewrite/rewriteManip.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "storage/sharedfileset.h"
#include "utils/array.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/date.h"
#include "utils/expandeddatum.h"
#include "utils/float.h"
#include "utils/fmgroids.h"
#include "utils/formatting.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/plancache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/resowner.h"
#include "utils/rls.h"
#include "utils/ruleutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/tuplesort.h"
#include "utils/tuplestore.h"
#include "utils/typcache.h"
#include "utils/varlena.h"
#include "utils/wait_event.h"
#include "utils/xid8.h"
}

#undef Abs
#undef Max
#undef Min

// Before PostgreSQL 16 PGDLLEXPORT is empty, and -fvisibility=hidden would export nothing at all.
#if PG_VERSION_NUM < 160000
#undef PGDLLEXPORT
#define PGDLLEXPORT __attribute__((visibility("default")))
#endif

namespace leadscore::pg {

/// PostgreSQL's tree walkers, whose callbacks have no prototype before version 16.
using TreeWalker = bool (*)(Node* node, void* context);

inline bool walk_raw_tree(Node* node, TreeWalker walker, void* context) {
#if PG_VERSION_NUM < 160000
  return raw_expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#else
  return raw_expression_tree_walker(node, walker, context);
#endif
}

inline bool walk_expression_tree(Node* node, TreeWalker walker, void* context) {
#if PG_VERSION_NUM < 160000
  return expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context);
#else
  return expression_tree_walker(node, walker, context);
#endif
}

/// Walks the expressions of a query, not its sub-queries.
inline bool walk_query_tree(Query* query, TreeWalker walker, void* context) {
  constexpr int kFlags = QTW_IGNORE_RT_SUBQUERIES | QTW_IGNORE_CTE_SUBQUERIES;
#if PG_VERSION_NUM < 160000
  return query_tree_walker(query, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context, kFlags);
#else
  return query_tree_walker(query, walker, context, kFlags);
#endif
}

/// Walks the expressions of a query; its sub-queries are given to the walker.
inline bool walk_whole_query(Query* query, TreeWalker walker, void* context) {
#if PG_VERSION_NUM < 160000
  return query_tree_walker(query, reinterpret_cast<bool (*)()>(reinterpret_cast<void (*)()>(walker)), context, 0);
#else
  return query_tree_walker(query, walker, context, 0);
#endif
}

using TreeMutator = Node* (*)(Node* node, void* context);

inline Node* mutate_expression_tree(Node* node, TreeMutator mutator, void* context) {
#if PG_VERSION_NUM < 160000
  return expression_tree_mutator(node, reinterpret_cast<Node* (*)()>(reinterpret_cast<void (*)()>(mutator)), context);
#else
  return expression_tree_mutator(node, mutator, context);
#endif
}

inline bool may_execute(Oid function, Oid role) {
#if PG_VERSION_NUM < 160000
  return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
  return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

inline bool owns_relation(Oid relation, Oid role) {
#if PG_VERSION_NUM < 160000
  return pg_class_ownercheck(relation, role);
#else
  return object_ownercheck(RelationRelationId, relation, role);
#endif
}

/// A scan of an index without ORDER BY operators.
inline IndexScanDesc begin_index_scan(Relation table, Relation index, Snapshot snapshot, int conditions) {
#if PG_VERSION_NUM < 180000
  return index_beginscan(table, index, snapshot, conditions, 0);
#else
  return index_beginscan(table, index, snapshot, nullptr, conditions, 0);
#endif
}

/// The only clause of GROUP BY, or NULL.
inline SortGroupClause* only_group_clause(PlannerInfo* root) {
#if PG_VERSION_NUM < 160000
  List* const clauses = root->parse->groupClause;
#else
  List* const clauses = root->processed_groupClause;
#endif
  return list_length(clauses) == 1 ? linitial_node(SortGroupClause, clauses) : nullptr;
}

/// Reads so many bytes, or raises an error.
inline void read_exactly(BufFile* file, void* bytes, std::size_t size) {
#if PG_VERSION_NUM < 160000
  if (BufFileRead(file, bytes, size) != size) {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not read from a temporary file")));
  }
#else
  BufFileReadExact(file, bytes, size);
#endif
}

/// The number of the running transaction within this backend.
inline LocalTransactionId local_transaction() {
#if PG_VERSION_NUM < 170000
  return MyProc->lxid;
#else
  return MyProc->vxid.lxid;
#endif
}

}  // namespace leadscore::pg
