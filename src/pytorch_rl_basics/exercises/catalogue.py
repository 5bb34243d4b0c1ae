"""Every exercise: its task, its hints and where reinforcement learning uses it."""

from .. import gradients, losses, networks, policies, returns, training
from .exercise import Exercise

_ALL = (
    Exercise(
        gradients.cubic_gradient,
        1,
        "The gradient of a cubic",
        "Write `cubic_gradient(x)`: the derivative of x³ + 2x at the number `x`, computed by "
        "autograd. At 3.0 it is 3·3² + 2 = 29.",
        (
            "Autograd differentiates what it has watched: make a tensor it watches, compute y "
            "from it, then ask for the gradient.",
            "`torch.tensor(..., requires_grad=True)` is watched, and `y.backward()` fills the "
            "tensor's `.grad`.",
            "`x` and y are 0-d tensors, and so is the gradient: `backward()` needs no argument.",
            "`y = leaf**3 + 2 * leaf`, then `y.backward()`, then return `leaf.grad`.",
        ),
        "Every loss in reinforcement learning is differentiated by this very mechanism.",
        "tutorials/exercises/exercise_1_cubic_gradient",
    ),
    Exercise(
        networks.build_mlp,
        2,
        "A small network",
        "Write `build_mlp()`: a network with one hidden layer that maps 4 state features through "
        "64 ReLU units to 2 outputs, with no activation at the end.",
        (
            "A network is a chain of modules: a linear map, a nonlinearity, a linear map.",
            "`nn.Sequential` chains modules in the order given; `nn.Linear(inputs, outputs)` and "
            "`nn.ReLU()` are the links.",
            "The shapes run (B, 4) → (B, 64) → (B, 64) → (B, 2).",
            "`nn.Sequential(nn.Linear(4, 64), nn.ReLU(), nn.Linear(64, 2))`",
        ),
        "The Q-network of DQN, the policy of REINFORCE and the critic of PPO are such chains.",
        "tutorials/exercises/exercise_2_mlp",
    ),
    Exercise(
        training.mse_backward,
        2,
        "Its first gradients",
        "Write `mse_backward(model, states, targets)`: return the mean squared error between the "
        "model's outputs and the targets, and leave each parameter's gradient in its `.grad`.",
        (
            "A forward pass gives predictions, a loss compares them with the targets, a backward "
            "pass gives the gradients.",
            "`F.mse_loss(prediction, targets)` is the mean over all elements.",
            "Prediction and targets must have one shape, (B, 2); the loss is 0-d.",
            "`loss = F.mse_loss(model(states), targets)`, then `loss.backward()`; no optimizer.",
        ),
        "A critic is trained by exactly this loss: its targets are returns or TD targets.",
        "tutorials/exercises/exercise_2_mlp",
    ),
    Exercise(
        policies.epsilon_greedy,
        3,
        "Explore or exploit",
        "Write `epsilon_greedy(q_values, epsilon)`: with probability `epsilon` return an action "
        "drawn uniformly from all n, otherwise the action of the highest Q-value; a Python `int`.",
        (
            "Toss a biased coin first. Only then decide how the action is chosen.",
            "`torch.rand(1).item()` is below `epsilon` with probability `epsilon`; "
            "`torch.randint` draws uniformly, `argmax` takes the best.",
            "`q_values` has shape (n,): n is `len(q_values)`, and `.item()` makes an `int` of a "
            "one-element tensor.",
            "`if torch.rand(1).item() < epsilon: return torch.randint(len(q_values), (1,)).item()`",
        ),
        "DQN acts by this rule while it learns, with an epsilon that falls over time.",
        "tutorials/exercises/exercise_3_epsilon_greedy",
    ),
    Exercise(
        policies.sample_actions,
        4,
        "Sample from a policy",
        "Write `sample_actions(policy, states)`: turn the policy's logits into probabilities, "
        "draw one action for each state, and return the actions and their log-probabilities.",
        (
            "Logits become probabilities by a softmax over the actions. Draw from each row, then "
            "look up the log-probability of what was drawn.",
            "`F.softmax`, `torch.multinomial`, `F.log_softmax` and `gather`, in this order.",
            "`multinomial(probs, 1)` gives (B, 1): `gather` wants it so; the result is (B,).",
            "`log_probs = F.log_softmax(logits, dim=-1).gather(1, actions.unsqueeze(-1))"
            ".squeeze(-1)`",
        ),
        "REINFORCE, A2C and PPO collect their experience by this function.",
        "tutorials/exercises/exercise_4_sample_actions",
    ),
    Exercise(
        training.fit_random_targets,
        5,
        "A training loop",
        "Write `fit_random_targets(model, optimizer, steps=100, batch_size=32, log_every=20)`: at "
        "each step draw fresh random states (batch_size, 4) and targets (batch_size, 2), make one "
        "step on the mean squared error, and every `log_every` steps print the loss and keep it. "
        "Return the kept losses.",
        (
            "One step is always the same: forget the old gradients, predict, compare, go "
            "backward, step. The loop repeats it on new data.",
            "`optimizer.zero_grad()`, `F.mse_loss`, `loss.backward()`, `optimizer.step()`; "
            "`loss.item()` for the list.",
            "States are (batch_size, 4), predictions and targets (batch_size, 2), the loss 0-d; "
            "`steps // log_every` numbers come back.",
            "`if step % log_every == 0: print(step, loss.item()); losses.append(loss.item())` at "
            "the end of each step.",
        ),
        "Every agent's update is this loop, with targets that mean something.",
        "tutorials/exercises/exercise_5_random_targets",
    ),
    Exercise(
        gradients.sum_gradient,
        6,
        "The gradient of a sum",
        "Write `sum_gradient(x)`: the gradient of `x.sum()` with respect to each entry of the 1-D "
        "tensor `x`.",
        (
            "How much does the sum grow when one entry of `x` grows by a little?",
            "`x.sum().backward()` fills `x.grad`, when `x` is a leaf that requires a gradient.",
            "The gradient has the shape of `x`, (n,). A fresh leaf, "
            "`x.detach().clone().requires_grad_()`, keeps the caller's `.grad` out of it.",
        ),
        "A batch's loss is a sum or a mean over its entries: this is how each gets its share.",
        "tutorials/exercises/exercise_6_sum_gradient",
    ),
    Exercise(
        policies.select_log_probs,
        7,
        "The log-probability of an action",
        "Write `select_log_probs(logits, actions)`: for each row of the logits, the log-"
        "probability of the action taken in it; shape (B,).",
        (
            "First turn every row of logits into log-probabilities, then pick one entry a row.",
            "`F.log_softmax(logits, dim=-1)` and `gather`, which picks by index along a dimension.",
            "`gather` needs an index with as many dimensions as the input: (B,) becomes (B, 1), "
            "and the result (B, 1) becomes (B,).",
            "`log_probs.gather(1, actions.unsqueeze(-1)).squeeze(-1)`",
        ),
        "This is the log π(a|s) of the policy gradient, and both sides of PPO's ratio.",
        "tutorials/exercises/exercise_7_select_log_probs",
    ),
    Exercise(
        training.train_with_target,
        8,
        "A target network",
        "Write `train_with_target(q, q_target, optimizer, batches, gamma, sync_every=10)`: for "
        "each batch (states, actions, rewards, next_states, terminated) make one step on the mean "
        "squared error of q(s)[a] to r + γ·max q_target(s'), with no future value after a "
        "terminated step, and copy q into q_target after every `sync_every` steps. Return the "
        "loss of each batch.",
        (
            "The target is a number to reach, computed by the copy. Only the prediction may carry "
            "a gradient.",
            "`torch.no_grad()` around the target; `gather` for the action taken; "
            "`load_state_dict` for the copy.",
            "q(s) is (B, A), q(s)[a] is (B,); max q_target(s') over dim -1 is (B,), and so is the "
            "target. Never compare (B, 1) with (B,).",
            "`targets = rewards + gamma * q_target(next_states).max(dim=-1).values * "
            "(~terminated)`",
        ),
        "DQN is this loop, fed from a replay buffer that epsilon_greedy fills.",
        "tutorials/exercises/exercise_8_target_network",
    ),
    Exercise(
        training.train_step,
        None,
        "One optimizer step",
        "Write `train_step(model, optimizer, batch, targets)`: one step on the mean squared error; "
        "return the loss before the update as a Python float.",
        (
            "Forget the old gradients, predict, compare, go backward, step.",
            "`optimizer.zero_grad()`, `F.mse_loss`, `loss.backward()`, `optimizer.step()`.",
            "Prediction and targets have one shape, the loss is 0-d, and `loss.item()` is a float.",
            "`loss = F.mse_loss(model(batch), targets)`, between zero_grad and backward.",
        ),
        "Critics and Q-networks are trained by this step.",
        "tutorials/worked_examples/example_2_training_step",
    ),
    Exercise(
        losses.policy_loss,
        None,
        "The policy-gradient loss",
        "Write `policy_loss(log_probs, advantages)`: minus the mean of log-probability times "
        "advantage, with no gradient into the advantages.",
        (
            "Optimizers minimise. To make good actions likelier, minimise minus what you want "
            "large.",
            "`detach()` turns the advantages into plain weights; `mean()` averages over the batch.",
            "Both inputs are (B,), the loss is 0-d.",
            "`-(log_probs * advantages.detach()).mean()`",
        ),
        "The loss of REINFORCE and of the actor in A2C.",
        "tutorials/algorithms/reinforce",
    ),
    Exercise(
        returns.discounted_returns,
        None,
        "Discounted returns",
        "Write `discounted_returns(rewards, gamma)`: for each step of one episode the sum of the "
        "rewards from there on, each later one multiplied by gamma once more; a tensor of the "
        "default dtype.",
        (
            "The return of a step is its reward plus gamma times the return of the next step.",
            "Walk the rewards backwards with `reversed`, and carry one number along.",
            "T rewards give T returns, shape (T,), in the order of the rewards.",
            "`following = reward + gamma * following`, and reverse the list at the end.",
        ),
        "REINFORCE weighs each log-probability with the return that followed.",
        "tutorials/algorithms/reinforce",
    ),
    Exercise(
        returns.td_target,
        None,
        "The TD target",
        "Write `td_target(rewards, terminated, next_q, gamma)`: the reward plus gamma times the "
        "best value of the next state, which counts for nothing after a terminated step.",
        (
            "What an action is worth: its reward now, and the best that can follow, if anything "
            "follows.",
            "`next_q.max(dim=-1).values` is the best; `~terminated` is where something follows.",
            "`next_q` is (B, A), its row maximum (B,), and rewards and terminated are (B,).",
            "`rewards + gamma * next_q.max(dim=-1).values * (~terminated)`",
        ),
        "The target of DQN, and with one column that of critics and SAC.",
        "tutorials/exercises/exercise_8_target_network",
    ),
    Exercise(
        training.polyak_update,
        None,
        "Follow slowly",
        "Write `polyak_update(model, target, tau)`: move every parameter of `target` the share "
        "`tau` of the way towards the same parameter of `model`, in place; `model` stays as it is, "
        "and nothing of it is left for autograd to follow.",
        (
            "Two networks of one architecture have the same parameters in the same order: take "
            "them in pairs.",
            "`zip(model.parameters(), target.parameters())` gives the pairs; under "
            "`torch.no_grad()` a parameter may be changed in place.",
            "Parameters keep their shapes. In place means that the tensors of `target` itself "
            "change: methods that end in an underscore do that, a new value for a name does not.",
            "For one pair: `new = (1 - tau) * theta_target + tau * theta`, then "
            "`theta_target.copy_(new)`.",
        ),
        "DDPG, TD3 and SAC move their target networks like this after each update, and DQN can.",
        "tutorials/algorithms/dqn",
    ),
    Exercise(
        policies.squashed_gaussian_log_prob,
        None,
        "The density of a squashed action",
        "Write `squashed_gaussian_log_prob(pre_tanh, mean, log_std)`: the log-density of the "
        "action `tanh(pre_tanh)` when `pre_tanh` is a Gaussian sample, summed over the components "
        "of the action; finite and right for large samples as well.",
        (
            "Start with the log-density of the Gaussian sample. Where tanh is flat, samples are "
            "pressed together and the density goes up: subtract the logarithm of the slope.",
            "`torch.distributions.Normal(mean, log_std.exp())` has a `log_prob`. The slope of tanh "
            "at u is `1 - tanh(u)**2`, and `F.softplus` writes its logarithm without rounding to "
            "`log(0)`.",
            "Both parts are (B, d), one entry for each component; `sum(dim=-1)` makes (B,).",
            "The logarithm of the slope is "
            "`2 * (math.log(2) - pre_tanh - F.softplus(-2 * pre_tanh))`.",
        ),
        "SAC needs it for the entropy in its targets, in its policy's loss and in its temperature.",
        "tutorials/algorithms/sac",
    ),
    Exercise(
        returns.gae,
        None,
        "Generalised advantage estimation",
        "Write `gae(rewards, values, next_values, terminated, done, gamma, lam)`: for each step "
        "the sum of the TD errors from there to the end of its episode, each later one multiplied "
        "by gamma times lam once more. No value follows a terminated step, and no sum runs past a "
        "done one. All tensors, and the result, have shape (T,), or (T, B) for B environments side "
        "by side.",
        (
            "The advantage of a step is its own TD error, plus a share of the advantage of the "
            "next step.",
            "Walk backwards with `reversed(range(len(rewards)))`, carry the sum along, and collect "
            "with `torch.stack`.",
            "With (T, B) each step is a row (B,). Multiply by masks such as `~done[t]`: an "
            "if-statement cannot choose for B environments at once.",
            "`following = errors[t] + gamma * lam * following * ~done[t]`, from the last step to "
            "the first.",
        ),
        "A2C and PPO weigh their actions by these advantages.",
        "tutorials/algorithms/actor_critic",
    ),
    Exercise(
        losses.clipped_surrogate,
        None,
        "The clipped loss of PPO",
        "Write `clipped_surrogate(log_probs, old_log_probs, advantages, clip)`: minus the mean of "
        "the smaller of two products, ratio times advantage and clipped ratio times advantage, "
        "with a gradient into `log_probs` alone.",
        (
            "Compare the policy with the one that acted by the ratio of their probabilities, and "
            "stop paying once the ratio has moved far enough.",
            "`torch.exp` of a difference of logarithms is the ratio, `clamp` clips it, "
            "`torch.minimum` takes the smaller entries, and `detach()` makes plain numbers.",
            "The three tensors are (B,), and so are ratio, clipped ratio and both products; the "
            "loss is 0-d.",
            "`ratio = torch.exp(log_probs - old_log_probs.detach())`, and "
            "`ratio.clamp(1 - clip, 1 + clip)`.",
        ),
        "The loss of PPO's actor, and of the methods that train language models after it.",
        "tutorials/algorithms/ppo",
    ),
)

EXERCISES = {exercise.name: exercise for exercise in _ALL}
