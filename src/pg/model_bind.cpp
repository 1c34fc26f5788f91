// Names of columns inside an expression: lists them, and replaces them by others.
#include <algorithm>

#include "pg/guard.hpp"
#include "pg/model_expression.hpp"

namespace leadscore::pg {

namespace {

// One use of a column's name in the text: its bytes [start, end).
struct NameUse {
  const char* name;
  int start;
  int end;
};

struct NameUses {
  const char* text;
  NameUse* uses;
  int count;
  int capacity;
};

// The end of the identifier that starts at a position: plain, "quoted" or U&"quoted".
int identifier_end(const char* text, int start) {
  int end = start;
  if ((text[end] == 'U' || text[end] == 'u') && text[end + 1] == '&' && text[end + 2] == '"') {
    end += 2;
  }
  if (text[end] == '"') {
    ++end;
    while (text[end] != '\0' && (text[end] != '"' || text[end + 1] == '"')) {
      end += text[end] == '"' ? 2 : 1;
    }
    return text[end] == '"' ? end + 1 : end;
  }
  const auto continues = [](unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$';
  };
  while (text[end] != '\0' && continues(static_cast<unsigned char>(text[end]))) {
    ++end;
  }
  return end;
}

bool collect_names(Node* node, void* context) {
  if (node == nullptr) {
    return false;
  }
  auto* uses = static_cast<NameUses*>(context);
  if (IsA(node, ColumnRef)) {
    const auto* reference = reinterpret_cast<ColumnRef*>(node);
    const char* const name = strVal(linitial(reference->fields));
    const bool is_bare = list_length(reference->fields) == 1;
    if (is_bare && find_derived_name(name) < 0) {
      if (uses->count == uses->capacity) {
        uses->capacity *= 2;
        uses->uses = static_cast<NameUse*>(repalloc(uses->uses, sizeof(NameUse) * static_cast<Size>(uses->capacity)));
      }
      uses->uses[uses->count++] = {name, reference->location, identifier_end(uses->text, reference->location)};
    }
    return false;
  }
  return walk_raw_tree(node, collect_names, context);
}

NameUses find_names(const char* text) {
  const int pinned = pin_settings(nullptr);
  Node* const raw = parse_expression({Expression::Kind::condition, text, nullptr, nullptr});
  unpin_settings(pinned);
  NameUses uses{text, static_cast<NameUse*>(palloc(sizeof(NameUse) * 16)), 0, 16};
  collect_names(raw, &uses);
  std::sort(uses.uses, uses.uses + uses.count, [](const NameUse& a, const NameUse& b) { return a.start < b.start; });
  return uses;
}

}  // namespace

}  // namespace leadscore::pg

LEADSCORE_FUNCTION(leadscore_expression_columns) {
  namespace pg = leadscore::pg;
  const pg::NameUses uses = pg::find_names(text_to_cstring(PG_GETARG_TEXT_PP(0)));
  std::sort(uses.uses, uses.uses + uses.count,
            [](const pg::NameUse& a, const pg::NameUse& b) { return strcmp(a.name, b.name) < 0; });
  auto* const names = static_cast<Datum*>(palloc(sizeof(Datum) * static_cast<Size>(uses.count + 1)));
  int count = 0;
  for (int i = 0; i < uses.count; ++i) {
    if (i == 0 || strcmp(uses.uses[i - 1].name, uses.uses[i].name) != 0) {
      names[count++] = CStringGetTextDatum(uses.uses[i].name);
    }
  }
  return PointerGetDatum(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}

LEADSCORE_FUNCTION(leadscore_rename_columns) {
  namespace pg = leadscore::pg;
  const char* const expression = text_to_cstring(PG_GETARG_TEXT_PP(0));
  Jsonb* const columns = PG_GETARG_JSONB_P(1);
  if (!JB_ROOT_IS_OBJECT(columns)) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the columns must be a JSON object")));
  }
  const pg::NameUses uses = pg::find_names(expression);
  StringInfoData renamed;
  initStringInfo(&renamed);
  int copied = 0;
  for (int i = 0; i < uses.count; ++i) {
    const pg::NameUse& use = uses.uses[i];
    JsonbValue value;
    const bool is_named =
        getKeyJsonValueFromContainer(&columns->root, use.name, static_cast<int>(strlen(use.name)), &value) != nullptr &&
        value.type == jbvString;
    if (!is_named) {
      continue;
    }
    appendBinaryStringInfo(&renamed, expression + copied, use.start - copied);
    const char* const column = pnstrdup(value.val.string.val, static_cast<Size>(value.val.string.len));
    // lead.name, where a bare name would mean a derived value
    appendStringInfo(&renamed, "%s%s", pg::find_derived_name(column) >= 0 ? "lead." : "", quote_identifier(column));
    copied = use.end;
  }
  appendStringInfoString(&renamed, expression + copied);
  return PointerGetDatum(cstring_to_text_with_len(renamed.data, renamed.len));
}
