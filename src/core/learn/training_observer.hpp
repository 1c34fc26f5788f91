// Who trains hears what is being done.
#pragma once

#include <cstddef>
#include <cstdint>

namespace leadscore::learn {

class TrainingObserver {
 public:
  enum class Step : std::uint8_t {
    order,  // puts the rows in order (number: how many)
    fold,   // judges penalties by a fold (which, from 1)
    judge,  // learns from the older leads, to judge by the newest (number: how many older)
    fit,    // learns from all (how many)
    newton  // makes a step of a fit over the full number of rows (which, from 1)
  };

  TrainingObserver() = default;
  TrainingObserver(const TrainingObserver&) = delete;
  TrainingObserver& operator=(const TrainingObserver&) = delete;

  /// Is called when a step begins. What it throws ends the training.
  virtual void begins(Step step, std::size_t number) = 0;

 protected:
  ~TrainingObserver() = default;
};

/// Tells an observer, if there is one.
inline void tell(TrainingObserver* observer, TrainingObserver::Step step, std::size_t number) {
  if (observer != nullptr) {
    observer->begins(step, number);
  }
}

}  // namespace leadscore::learn
