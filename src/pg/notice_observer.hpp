// Observers of long work in the core that tell those who wait.
#pragma once

#include "pg/guard.hpp"
#include "pg/notice_clock.hpp"

namespace leadscore::pg {

/// An observer with `begins(Step, number)`: a NOTICE says which step begins, whenever the clock says that it is time.
template <class Observer>
class NoticeObserver final : public Observer {
 public:
  using Step = typename Observer::Step;
  /// What to say of a step, with %zu for its number.
  using Message = const char* (*)(Step step) noexcept;

  /// The clock must outlive it.
  NoticeObserver(NoticeClock& clock, Message message_of) noexcept : clock_(clock), message_of_(message_of) {}

  void begins(Step step, std::size_t number) override {
    if (clock_.is_due()) {
      const char* const message = message_of_(step);
      pg_call([=] { ereport(NOTICE, (errmsg(message, number))); });
    }
  }

 private:
  NoticeClock& clock_;
  Message message_of_;
};

}  // namespace leadscore::pg
