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
                            Snapshot snapshot) {
  std::size_t count = 0;
  LeadReader reader(index, snapshot);
  for (JudgedLead& judged : leads) {
    judged.versions = read_judged(index, judged, reader, snapshot);
    if (!judged.versions.empty()) {
      leads[count++] = judged;
    }
  }
  reader.close();
  weigh(index, lead, leads.first(count));
  return leads.first(count);
}

}  // namespace

std::span<JudgedLead> judge_sharers(DuplicateIndex& index, const dedup::LeadFields& lead, const ContactKeys& keys,
                                    const char* own, Snapshot snapshot, TimestampTz until) {
  KeyQuery query{.relation = index.relation,
                 .first = DT_NOBEGIN,
                 .last = until,
                 .most = index.most_candidates,
                 .snapshot = snapshot};
  if (index.within != dedup::kAnyTime) {
    if (lead.at() == dedup::LeadText::kNoTime) {
      return {};
    }
    if (__builtin_sub_overflow(lead.at(), index.within, &query.first)) {
      query.first = DT_NOBEGIN;
    }
    TimestampTz last = 0;
    if (!__builtin_add_overflow(lead.at(), index.within, &last)) {
      query.last = std::min(last, until);
    }
  }
  const std::span<KeySharer> sharers = find_key_sharers(query, keys, own);
  const std::span<JudgedLead> leads = make_leads(sharers.size());
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    leads[i] = not_judged(sharers[i].lead_id, sharers[i].part);
  }
  return judge(index, lead, leads, snapshot);
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
  return judged.versions.empty() || judged.verdict == Verdict::different
             ? std::nullopt
             : std::optional(dedup::probability_of(judged.weight));
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
