#include "pg/lead_judge.hpp"

#include "core/dedup/agreement.hpp"
#include "core/dedup/blocking.hpp"
#include "core/dedup/lead_table.hpp"
#include "core/dedup/match_weights.hpp"
#include "core/dedup/value_frequencies.hpp"
#include "pg/guard.hpp"
#include "pg/memory.hpp"

namespace leadscore::pg {

class LeadJudge {
 public:
  LeadJudge(const MatchKnowledge& knowledge, MemoryContext context)
      : knowledge_(knowledge),
        memory_(context),
        reader_(knowledge.region, &memory_),
        frequencies_(&memory_),
        weights_(knowledge.rule, frequencies_) {}

  void read(const dedup::LeadText& lead, dedup::LeadFields& fields) {
    StopToken stop = stop_token();
    reader_.read(lead, fields, stop);
  }

  [[nodiscard]] BlockingHashes hashes(const dedup::LeadFields& lead, std::pmr::memory_resource* memory) const {
    dedup::LeadTable table(memory);
    table.add(lead);
    BlockingHashes found{};
    for (std::size_t key = 0; key < knowledge_.rule.keys.size(); ++key) {
      if (const auto hash = dedup::key_hash(knowledge_.rule, key, table, 0)) {
        found.hashes[found.count++] = *hash;
      }
    }
    return found;
  }

  void weigh(const dedup::LeadFields& lead, std::span<const dedup::LeadFields* const> others, std::span<double> weights,
             std::pmr::memory_resource* memory) {
    StopToken stop = stop_token();
    dedup::LeadTable table(memory);
    pack(lead, others, table, stop);
    for (std::size_t i = 0; i < others.size(); ++i) {
      stop.check();
      const dedup::PackedLead& a = table[0];
      const dedup::PackedLead& b = table[i + 1];
      weights[i] = weights_.of(dedup::compare(knowledge_.rule, a, b), a, b);
    }
  }

  dedup::MatchLines explain(const dedup::LeadFields& a, const dedup::LeadFields& b, std::pmr::memory_resource* memory) {
    StopToken stop = stop_token();
    const dedup::LeadFields* const other = &b;
    dedup::LeadTable table(memory);
    pack(a, {&other, 1}, table, stop);
    return dedup::explain(knowledge_.rule, weights_, table[0], table[1]);
  }

 private:
  // Puts a lead and others into a table, and looks up how frequent their values are.
  void pack(const dedup::LeadFields& lead, std::span<const dedup::LeadFields* const> others, dedup::LeadTable& table,
            StopToken& stop) {
    table.add(lead);
    for (const dedup::LeadFields* other : others) {
      stop.check();
      table.add(*other);
    }
    frequencies_.take(table, knowledge_.frequencies);
  }

  const MatchKnowledge& knowledge_;
  ContextResource memory_;
  dedup::FieldReader reader_;
  dedup::ValueFrequencies frequencies_;  // of the values in the table at hand
  dedup::MatchWeights weights_;
};

namespace {

// Memory for what lives no longer than a call: much of it fits on the stack.
class CallMemory {
 public:
  explicit CallMemory(MemoryContext context) : beyond_(context), memory_(buffer_, sizeof buffer_, &beyond_) {}
  [[nodiscard]] std::pmr::memory_resource* get() noexcept { return &memory_; }

 private:
  static constexpr std::size_t kUsual = 16384;

  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
  alignas(std::max_align_t) std::byte buffer_[kUsual];
  ContextResource beyond_;
  std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace

LeadJudge* make_lead_judge(const MatchKnowledge& knowledge, MemoryContext context) {
  return core_call([&] { return make_in_context<LeadJudge>(context, knowledge, context); });
}

const dedup::LeadFields* read_fields(LeadJudge* judge, const dedup::LeadText& lead) {
  static_assert(std::is_trivially_destructible_v<dedup::LeadFields>);
  auto* const fields = new (palloc(sizeof(dedup::LeadFields))) dedup::LeadFields;
  core_call([=, &lead] {
    judge->read(lead, *fields);
    return true;
  });
  return fields;
}

const dedup::LeadFields* copy_fields(const dedup::LeadFields& fields) {
  return new (palloc(sizeof(dedup::LeadFields))) dedup::LeadFields(fields);
}

BlockingHashes blocking_hashes(LeadJudge* judge, const dedup::LeadFields& lead) {
  MemoryContext const context = CurrentMemoryContext;
  return core_call([=, &lead] {
    CallMemory memory(context);
    return judge->hashes(lead, memory.get());
  });
}

void weigh_leads(LeadJudge* judge, const dedup::LeadFields& lead, std::span<const dedup::LeadFields* const> others,
                 std::span<double> weights) {
  MemoryContext const context = CurrentMemoryContext;
  core_call([=, &lead] {
    CallMemory memory(context);
    judge->weigh(lead, others, weights, memory.get());
    return true;
  });
}

dedup::MatchLines explain_leads(LeadJudge* judge, const dedup::LeadFields& a, const dedup::LeadFields& b) {
  MemoryContext const context = CurrentMemoryContext;
  return core_call([=, &a, &b] {
    CallMemory memory(context);
    return judge->explain(a, b, memory.get());
  });
}

}  // namespace leadscore::pg
