#include "pg/duplicate_judgement.hpp"

#include <algorithm>
#include <limits>

#include "core/dedup/match_weights.hpp"
#include "core/dedup/pair_space.hpp"

namespace leadscore::pg {

namespace {

std::span<LeadVersion> read_judged(DuplicateIndex& index, const JudgedLead& judged, LeadReader& reader,
                                   Snapshot snapshot) {
  if (!OidIsValid(judged.part)) {
    return find_versions(index, judged.lead_id, snapshot);
  }
  const LeadPart* const part = find_lead_part(index, judged.part);
  return part == nullptr ? std::span<LeadVersion>() : reader.read(*part, judged.lead_id);
}

// Weighs the versions of all of them at once, and settles the verdicts.
void weigh(const DuplicateIndex& index, const dedup::LeadFields& lead, std::span<JudgedLead> leads) {
  std::size_t count = 0;
  for (const JudgedLead& judged : leads) {
    count += judged.versions.size();
  }
  const std::span<const dedup::LeadFields*> others(
      static_cast<const dedup::LeadFields**>(palloc(sizeof(dedup::LeadFields*) * (count + 1))), count);
  const std::span<double> weights(static_cast<double*>(palloc(sizeof(double) * (count + 1))), count);
  std::size_t i = 0;
  for (JudgedLead& judged : leads) {
    judged.weights = weights.subspan(i, judged.versions.size());
    for (const LeadVersion& version : judged.versions) {
      others[i++] = version.fields;
    }
  }
  weigh_leads(index.judge, lead, others, weights);
  for (std::size_t j = 0; j < count; ++j) {
    if (!are_within(index, lead.at(), others[j]->at())) {
      weights[j] = -std::numeric_limits<double>::infinity();
    }
  }
  for (JudgedLead& judged : leads) {
    const auto is_same = [&index](double weight) { return weight >= index.least_weight; };
    const auto same = std::count_if(judged.weights.begin(), judged.weights.end(), is_same);
    judged.weight = *std::max_element(judged.weights.begin(), judged.weights.end());
    judged.verdict = same == 0                                                    ? Verdict::different
                     : same == static_cast<std::ptrdiff_t>(judged.weights.size()) ? Verdict::same
                                                                                  : Verdict::unsettled;
  }
}

JudgedLead not_judged(const char* lead_id, Oid part) {
  return {.lead_id = lead_id,
          .part = part,
          .versions = {},
          .weights = {},
          .verdict = Verdict::different,
          .weight = -std::numeric_limits<double>::infinity()};
}

std::span<JudgedLead> make_leads(std::size_t count) {
  return {static_cast<JudgedLead*>(palloc(sizeof(JudgedLead) * (count + 1))), count};
}

// Reads leads and compares them; leaves out those that do not exist.
std::span<JudgedLead> judge(DuplicateIndex& index, const dedup::LeadFields& lead, std::span<JudgedLead> leads,
                            LeadReader& reader, Snapshot snapshot, KnownLeads* known) {
  std::size_t count = 0;
  for (JudgedLead& judged : leads) {
    const KnownLeads::Lead* const read_before = known != nullptr ? known->find(judged.lead_id) : nullptr;
    judged.versions = read_before != nullptr ? read_before->versions : read_judged(index, judged, reader, snapshot);
    if (judged.versions.empty()) {
      continue;
    }
    if (known != nullptr && read_before == nullptr) {
      known->keep(judged.lead_id, judged.versions);
    }
    leads[count++] = judged;
  }
  weigh(index, lead, leads.first(count));
  return leads.first(count);
}

std::span<JudgedLead> judge(DuplicateIndex& index, const dedup::LeadFields& lead, std::span<JudgedLead> leads,
                            Snapshot snapshot) {
  LeadReader reader(index, snapshot);
  const std::span<JudgedLead> judged = judge(index, lead, leads, reader, snapshot, nullptr);
  reader.close();
  return judged;
}

}  // namespace

double probability_of(const JudgedLead& judged) { return dedup::probability_of(judged.weight); }

KnownLeads::KnownLeads(std::size_t most_read) : context_(CurrentMemoryContext), room_(most_read) {
  HASHCTL control{};
  control.keysize = sizeof(const char*);
  control.entrysize = sizeof(Lead);
  control.hash = [](const void* key, Size /*size*/) {
    const char* const lead_id = *static_cast<const char* const*>(key);
    return hash_bytes(reinterpret_cast<const unsigned char*>(lead_id), static_cast<int>(strlen(lead_id)));
  };
  control.match = [](const void* a, const void* b, Size /*size*/) {
    return strcmp(*static_cast<const char* const*>(a), *static_cast<const char* const*>(b));
  };
  control.hcxt = context_;
  leads_ = hash_create("leadscore known leads", 256, &control, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

void KnownLeads::add(const char* lead_id, std::span<LeadVersion> versions) {
  auto* const lead = static_cast<Lead*>(hash_search(leads_, &lead_id, HASH_ENTER, nullptr));
  lead->versions = versions;
}

void KnownLeads::keep(const char* lead_id, std::span<const LeadVersion> versions) {
  if (room_ < versions.size()) {
    return;
  }
  room_ -= versions.size();
  MemoryContext const caller = MemoryContextSwitchTo(context_);
  const std::span<LeadVersion> copies(static_cast<LeadVersion*>(palloc(sizeof(LeadVersion) * versions.size())),
                                      versions.size());
  std::transform(versions.begin(), versions.end(), copies.begin(), [](LeadVersion version) {
    version.fields = copy_fields(*version.fields);
    return version;
  });
  add(pstrdup(lead_id), copies);
  MemoryContextSwitchTo(caller);
}

const KnownLeads::Lead* KnownLeads::find(const char* lead_id) const {
  return static_cast<const Lead*>(hash_search(leads_, &lead_id, HASH_FIND, nullptr));
}

std::optional<KeyQuery> query_of_sharers(const DuplicateIndex& index, std::int64_t at, TimestampTz until) {
  KeyQuery query{.relation = index.relation, .first = DT_NOBEGIN, .last = until, .most = index.most_candidates};
  if (index.within != dedup::kAnyTime) {
    if (at == dedup::LeadText::kNoTime) {
      return std::nullopt;
    }
    if (__builtin_sub_overflow(at, index.within, &query.first)) {
      query.first = DT_NOBEGIN;
    }
    TimestampTz last = 0;
    if (!__builtin_add_overflow(at, index.within, &last)) {
      query.last = std::min(last, until);
    }
  }
  return query;
}

std::span<JudgedLead> judge_leads(DuplicateIndex& index, const dedup::LeadFields& lead,
                                  std::span<const KeySharer> sharers, LeadReader& reader, Snapshot snapshot,
                                  KnownLeads* known) {
  const std::span<JudgedLead> leads = make_leads(sharers.size());
  std::transform(sharers.begin(), sharers.end(), leads.begin(),
                 [](const KeySharer& sharer) { return not_judged(sharer.lead_id, sharer.part); });
  return judge(index, lead, leads, reader, snapshot, known);
}

std::span<JudgedLead> judge_sharers(DuplicateIndex& index, const dedup::LeadFields& lead, const ContactKeys& keys,
                                    const char* own, Snapshot snapshot, TimestampTz until) {
  const std::optional<KeyQuery> query = query_of_sharers(index, lead.at(), until);
  if (!query) {
    return {};
  }
  const std::span<KeySharer> sharers = find_key_sharers(*query, keys, own, snapshot);
  LeadReader reader(index, snapshot);
  const std::span<JudgedLead> judged = judge_leads(index, lead, sharers, reader, snapshot, nullptr);
  reader.close();
  return judged;
}

std::span<JudgedLead> judge_again(DuplicateIndex& index, const dedup::LeadFields& lead,
                                  std::span<const JudgedLead> judged, Snapshot snapshot) {
  const std::span<JudgedLead> leads = make_leads(judged.size());
  std::copy(judged.begin(), judged.end(), leads.begin());
  return judge(index, lead, leads, snapshot);
}

JudgedLead judge_lead(DuplicateIndex& index, const dedup::LeadFields& lead, const char* other, Snapshot snapshot) {
  JudgedLead judged = not_judged(other, InvalidOid);
  judge(index, lead, {&judged, 1}, snapshot);
  return judged;
}

std::optional<double> probability_of_pair(DuplicateIndex& index, const NotedPair& pair, Snapshot snapshot) {
  if (pair.verdict != Verdict::unsettled) {
    return pair.verdict == Verdict::same ? std::optional(pair.probability) : std::nullopt;
  }
  const std::span<LeadVersion> versions = find_versions(index, pair.lead, snapshot);
  if (versions.empty()) {
    return std::nullopt;
  }
  const JudgedLead judged = judge_lead(index, *versions.front().fields, pair.other, snapshot);
  return judged.versions.empty() || judged.verdict == Verdict::different ? std::nullopt
                                                                         : std::optional(probability_of(judged));
}

bool is_as_judged(DuplicateIndex& index, const JudgedLead& judged, Snapshot snapshot) {
  LeadReader reader(index, snapshot);
  const std::span<LeadVersion> now = read_judged(index, judged, reader, snapshot);
  reader.close();
  return std::equal(now.begin(), now.end(), judged.versions.begin(), judged.versions.end(),
                    [](const LeadVersion& a, const LeadVersion& b) {
                      return ItemPointerEquals(const_cast<ItemPointer>(&a.place), const_cast<ItemPointer>(&b.place)) &&
                             a.written_by == b.written_by;
                    });
}

}  // namespace leadscore::pg
