#pragma once
// The functions and constants of formulas, as one table. Python's math module by its rules: where
// it raises, `fault` is set. Internal to formula. Thread: any   Real-time safe: yes
#include <optional>
#include <span>
#include <string_view>

namespace titanus::formula::detail {

inline constexpr int kMostArguments = 16;

struct Call {
    std::span<const double> a; // arguments
    double* memory = nullptr;  // of this place in the formula
    double dtSeconds = 0;
    bool fault = false;

    double fail() { fault = true; return 0; }
};

struct Function {
    std::string_view name;
    int least, most;  // arguments
    int memory;       // doubles it remembers
    double (*run)(Call&);
};

std::span<const Function> functions();
std::optional<std::size_t> findFunction(std::string_view name);
std::optional<double> findConstant(std::string_view name);
// Python functions that take or give lists or pairs: refused by name.
bool refused(std::string_view name);

// Operators with Python's errors.
double divided(double a, double b, bool& fault);
double floorDivided(double a, double b, bool& fault);
double modulo(double a, double b, bool& fault);
double raised(double a, double b, bool& fault);

} // namespace titanus::formula::detail
