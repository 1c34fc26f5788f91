#include "core/dedup/contact_rule.hpp"

#include <initializer_list>

namespace leadscore::dedup {

namespace {

void add_comparison(MatchRule& rule, Subject subject, double frequency_weight,
                    std::initializer_list<MatchLevel> levels) noexcept {
  MatchComparison comparison{.subject = subject, .frequency_weight = frequency_weight, .levels = {}};
  for (const MatchLevel& level : levels) {
    comparison.levels.add(level);
  }
  rule.comparisons.add(comparison);
}

void add_key(MatchRule& rule, std::initializer_list<KeyPart> parts) noexcept {
  BlockingKey key;
  for (const KeyPart& part : parts) {
    key.add(part);
  }
  rule.keys.add(key);
}

// The m and u of those levels that are in both.
void take_levels(MatchComparison& comparison, const MatchComparison& from) noexcept {
  for (MatchLevel& level : comparison.levels) {
    for (const MatchLevel& other : from.levels) {
      if (other.test == level.test && (!has_limit(level.test) || other.limit == level.limit)) {
        level = other;
      }
    }
  }
}

void add_comparisons(MatchRule& rule) noexcept {
  // test, limit, m, u
  add_comparison(rule, Subject::name, 0.8,
                 {{Test::same, 0, 0.62, 3e-4},
                  {Test::same_swapped, 0, 0.04, 1e-6},
                  {Test::similar, 0.9, 0.12, 2e-4},
                  {Test::same_last_initial, 0, 0.05, 1e-3},
                  {Test::same_last, 0, 0.03, 3e-3},
                  {Test::similar_last, 0.9, 0.01, 1e-3},
                  {Test::same_first, 0, 0.09, 2e-2},
                  {Test::otherwise, 0, 0.04, 0.97}});
  add_comparison(rule, Subject::patronymic, 0.5,
                 {{Test::same, 0, 0.9, 2e-2}, {Test::similar, 0.9, 0.05, 1e-2}, {Test::otherwise, 0, 0.05, 0.97}});
  add_comparison(rule, Subject::email, 0.5,
                 {{Test::same, 0, 0.6, 1e-5},
                  {Test::same_role_address, 0, 0.02, 1e-4},
                  {Test::edits, 2, 0.1, 1e-6},
                  {Test::same_local_part, 0, 0.03, 1e-5},
                  {Test::same_named_part, 0, 0.05, 1e-4},
                  {Test::similar_local_part, 0.92, 0.02, 1e-4},
                  {Test::same_company_domain, 0, 0.02, 5e-3},
                  {Test::otherwise, 0, 0.16, 0.99}});
  add_comparison(rule, Subject::phone, 0.5,
                 {{Test::same, 0, 0.7, 1e-5},
                  {Test::same_end, 0, 0.03, 1e-5},
                  {Test::edits, 1, 0.07, 1e-5},
                  {Test::otherwise, 0, 0.2, 0.99}});
  add_comparison(rule, Subject::company, 0.5,
                 {{Test::same, 0, 0.6, 3e-3},
                  {Test::similar, 0.92, 0.1, 3e-3},
                  {Test::shared_words, 1, 0.1, 5e-3},
                  {Test::otherwise, 0, 0.2, 0.98}});
  add_comparison(rule, Subject::address, 0.5,
                 {{Test::same, 0, 0.6, 1e-3},
                  {Test::similar, 0.92, 0.15, 1e-3},
                  {Test::shared_words, 0.6, 0.1, 1e-2},
                  {Test::otherwise, 0, 0.15, 0.98}});
  add_comparison(rule, Subject::city, 0.5,
                 {{Test::same, 0, 0.7, 8e-2}, {Test::similar, 0.88, 0.15, 1e-2}, {Test::otherwise, 0, 0.15, 0.9}});
  add_comparison(rule, Subject::postcode, 0.5,
                 {{Test::same, 0, 0.8, 1e-2}, {Test::edits, 1, 0.1, 2e-2}, {Test::otherwise, 0, 0.1, 0.97}});
  add_comparison(rule, Subject::birth_date, 0,
                 {{Test::same, 0, 0.7, 1e-4},
                  {Test::edits, 1, 0.15, 2e-3},
                  {Test::swapped_date, 0, 0.01, 1e-4},
                  {Test::same_day, 0, 0.02, 3e-3},
                  {Test::same_year, 0, 0.05, 2e-2},
                  {Test::otherwise, 0, 0.07, 0.97}});
  add_comparison(rule, Subject::national_id, 0,
                 {{Test::same, 0, 0.85, 1e-6}, {Test::edits, 1, 0.1, 1e-5}, {Test::otherwise, 0, 0.05, 0.999}});
  constexpr double kHour = 3600;
  constexpr double kDay = 24 * kHour;
  add_comparison(rule, Subject::time, 0,
                 {{Test::within, 60, 0.02, 1e-5},
                  {Test::within, kHour, 0.03, 1e-3},
                  {Test::within, kDay, 0.1, 1e-2},
                  {Test::within, 7 * kDay, 0.15, 5e-2},
                  {Test::within, 30 * kDay, 0.25, 0.2},
                  {Test::otherwise, 0, 0.45, 0.73}});
}

}  // namespace

MatchRule contact_rule() noexcept {
  MatchRule rule;
  rule.prior = 1e-5;
  rule.threshold = 0.5;
  add_comparisons(rule);
  add_key(rule, {{Field::email}});
  add_key(rule, {{Field::phone}});
  add_key(rule, {{Field::phone, -7}});
  add_key(rule, {{Field::email_local_part}});
  add_key(rule, {{Field::whole_name}});
  add_key(rule, {{Field::last_name_sound}, {Field::first_name, 1}});
  add_key(rule, {{Field::national_id}});
  add_key(rule, {{Field::birth_date}});
  add_key(rule, {{Field::company}, {Field::full_first_name}});
  add_key(rule, {{Field::company_domain}, {Field::full_first_name}});
  add_key(rule, {{Field::address}});
  add_key(rule, {{Field::last_name_sound}, {Field::postcode}});
  add_key(rule, {{Field::full_first_name}, {Field::postcode}});
  add_key(rule, {{Field::last_name_sound}, {Field::birth_date, 4}});
  add_key(rule, {{Field::full_first_name}, {Field::birth_date, 4}});
  add_key(rule, {{Field::last_name_sound}, {Field::city}});
  add_key(rule, {{Field::full_first_name}, {Field::city}});
  return rule;
}

void forget_training(MatchRule& rule) noexcept {
  const MatchRule shipped = contact_rule();
  rule.prior = shipped.prior;
  rule.is_trained = false;
  for (MatchComparison& comparison : rule.comparisons) {
    for (const MatchComparison& other : shipped.comparisons) {
      if (other.subject == comparison.subject) {
        take_levels(comparison, other);
      }
    }
  }
}

}  // namespace leadscore::dedup
