-- Reads the text of a gallery script for its notebook (called through pandoc).
-- Sphinx's directives and roles get a form that Jupyter shows; one without a form fails the build.

-- The first heading of a text need not be of level 1: all styles are declared first, then dropped.
local HEADINGS = "1\n=\n\n2\n-\n\n3\n~\n\n"

local stringify = pandoc.utils.stringify

local function hints(div)
  local call = ('hint("%s")'):format(stringify(div))
  return pandoc.Para {
    pandoc.Str "Stuck? After ", pandoc.Code("from pytorch_rl_basics import hint, solution"),
    pandoc.Str ", each call of ", pandoc.Code(call), pandoc.Str " gives the next hint.",
  }
end

local function solution(div)
  local inlines = pandoc.Inlines { pandoc.Str "Show the reference: " }
  for name in stringify(div):gmatch("%S+") do
    if #inlines > 1 then inlines:insert(pandoc.Str ", ") end
    inlines:insert(pandoc.Code(('solution("%s")'):format(name)))
  end
  inlines:insert(pandoc.Str ".")
  return pandoc.Para(inlines)
end

-- Puts a letter before each item of a list.
local function lettered(list)
  local items = list.content:map(function(item) return item[1].content end)
  for i, item in ipairs(items) do
    item:insert(1, pandoc.Strong(string.char(64 + i) .. "."))
    item:insert(2, pandoc.Space())
  end
  return pandoc.BulletList(items:map(function(item) return { pandoc.Plain(item) } end))
end

local function predict(div)
  local question = pandoc.Inlines { pandoc.Strong "Predict first.", pandoc.Space() }
  question:extend(div.content[1].content)
  return {
    pandoc.Para(question),
    lettered(div.content[2]),
    pandoc.Para { pandoc.Str "Choose one, then run the cell." },
  }
end

local function predict_why(div)
  return {
    pandoc.RawBlock("html", "<details><summary>You ran it: what about your answer?</summary>"),
    lettered(div.content[1]),
    pandoc.RawBlock("html", "</details>"),
  }
end

-- A figure that readers change is on the site only.
local function interactive()
  return pandoc.Para { pandoc.Emph "(The page on the site has a figure here that you can change.)" }
end

local DIRECTIVES = {
  interactive = interactive,
  predict = predict,
  ["predict-why"] = predict_why,
  ["exercise-hints"] = hints,
  ["exercise-solution"] = solution,
}

local function directive(div)
  local name = div.classes[1] or ""
  if DIRECTIVES[name] then return DIRECTIVES[name](div) end
  error("notebook.lua: the directive '" .. name .. "' has no form in a notebook yet")
end

-- :func:`~a.b.c` reads c(), :doc:`/concepts/batches_and_shapes` reads batches and shapes.
local function role(target, name)
  local title = target:match("^(.-)%s*<.*>$")
  if name == "term" then return pandoc.Str(title or target) end
  if name == "doc" or name == "ref" or name == "eq" then
    return pandoc.Emph(title or target:match("[^/]*$"):gsub("[_-]", " "))
  end
  if title then return pandoc.Code(title) end
  local short = target:match("^~.-([^.]*)$") or target
  return pandoc.Code((name == "func" or name == "meth") and short .. "()" or short)
end

local FILTER = {
  Div = directive,
  Code = function(code)
    if code.classes:includes("interpreted-text") then
      return role(code.text, code.attributes.role:match("[^:]*$"))
    end
  end,
  Span = function(span)
    if span.classes:includes("title-ref") then return role(stringify(span), "obj") end
    return span.content -- a label around a formula
  end,
}

function Reader(input)
  local doc = pandoc.read(HEADINGS .. tostring(input), "rst")
  for _ = 1, 3 do doc.blocks:remove(1) end
  return doc:walk(FILTER)
end
